/** Protobuf messages of apps/v1 and batch/v1. Notation: see `message.ts`. */
export const workloadsSchema = `
ControllerRevision: metadata=1! ObjectMeta; data=2! RawExtension; revision=3! int64
CronJob: metadata=1! ObjectMeta; spec=2! CronJobSpec; status=3! CronJobStatus
CronJobSpec: schedule=1! string; startingDeadlineSeconds=2 int64; concurrencyPolicy=3! string;
    suspend=4 bool; jobTemplate=5! JobTemplateSpec; successfulJobsHistoryLimit=6 int32;
    failedJobsHistoryLimit=7 int32; timeZone=8 string
CronJobStatus: active=1 []ObjectReference; lastScheduleTime=4 Time; lastSuccessfulTime=5 Time
DaemonSet: metadata=1! ObjectMeta; spec=2! DaemonSetSpec; status=3! DaemonSetStatus
DaemonSetCondition: type=1! string; status=2! string; lastTransitionTime=3! Time; reason=4! string;
    message=5! string
DaemonSetSpec: selector=1 LabelSelector; template=2! PodTemplateSpec;
    updateStrategy=3! DaemonSetUpdateStrategy; minReadySeconds=4! int32; revisionHistoryLimit=6 int32
DaemonSetStatus: currentNumberScheduled=1! int32; numberMisscheduled=2! int32;
    desiredNumberScheduled=3! int32; numberReady=4! int32; observedGeneration=5! int64;
    updatedNumberScheduled=6! int32; numberAvailable=7! int32; numberUnavailable=8! int32;
    collisionCount=9 int32; conditions=10 []DaemonSetCondition
DaemonSetUpdateStrategy: type=1! string; rollingUpdate=2 RollingUpdateDaemonSet
Deployment: metadata=1! ObjectMeta; spec=2! DeploymentSpec; status=3! DeploymentStatus
DeploymentCondition: type=1! string; status=2! string; reason=4! string; message=5! string;
    lastUpdateTime=6! Time; lastTransitionTime=7! Time
DeploymentSpec: replicas=1 int32; selector=2 LabelSelector; template=3! PodTemplateSpec;
    strategy=4! DeploymentStrategy; minReadySeconds=5! int32; revisionHistoryLimit=6 int32;
    paused=7! bool; progressDeadlineSeconds=9 int32
DeploymentStatus: observedGeneration=1! int64; replicas=2! int32; updatedReplicas=3! int32;
    availableReplicas=4! int32; unavailableReplicas=5! int32; conditions=6 []DeploymentCondition;
    readyReplicas=7! int32; collisionCount=8 int32; terminatingReplicas=9 int32
DeploymentStrategy: type=1! string; rollingUpdate=2 RollingUpdateDeployment
Job: metadata=1! ObjectMeta; spec=2! JobSpec; status=3! JobStatus
JobCondition: type=1! string; status=2! string; lastProbeTime=3! Time; lastTransitionTime=4! Time;
    reason=5! string; message=6! string
JobSpec: parallelism=1 int32; completions=2 int32; activeDeadlineSeconds=3 int64;
    selector=4 LabelSelector; manualSelector=5 bool; template=6! PodTemplateSpec; backoffLimit=7 int32;
    ttlSecondsAfterFinished=8 int32; completionMode=9 string; suspend=10 bool;
    podFailurePolicy=11 PodFailurePolicy; backoffLimitPerIndex=12 int32; maxFailedIndexes=13 int32;
    podReplacementPolicy=14 string; managedBy=15 string; successPolicy=16 SuccessPolicy
JobStatus: conditions=1 []JobCondition; startTime=2 Time; completionTime=3 Time; active=4! int32;
    succeeded=5! int32; failed=6! int32; completedIndexes=7! string;
    uncountedTerminatedPods=8 UncountedTerminatedPods; ready=9 int32; failedIndexes=10 string;
    terminating=11 int32
JobTemplateSpec: metadata=1! ObjectMeta; spec=2! JobSpec
ModifyVolumeStatus: targetVolumeAttributesClassName=1! string; status=2! string
PersistentVolumeClaim: metadata=1! ObjectMeta; spec=2! PersistentVolumeClaimSpec;
    status=3! PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: type=1! string; status=2! string; lastProbeTime=3! Time;
    lastTransitionTime=4! Time; reason=5! string; message=6! string
PersistentVolumeClaimSpec: accessModes=1 []string; resources=2! VolumeResourceRequirements;
    volumeName=3! string; selector=4 LabelSelector; storageClassName=5 string; volumeMode=6 string;
    dataSource=7 TypedLocalObjectReference; dataSourceRef=8 TypedObjectReference;
    volumeAttributesClassName=9 string
PersistentVolumeClaimStatus: phase=1! string; accessModes=2 []string; capacity=3 map[Quantity];
    conditions=4 []PersistentVolumeClaimCondition; allocatedResources=5 map[Quantity];
    allocatedResourceStatuses=7 map[string]; currentVolumeAttributesClassName=8 string;
    modifyVolumeStatus=9 ModifyVolumeStatus
PodFailurePolicy: rules=1 []PodFailurePolicyRule
PodFailurePolicyOnExitCodesRequirement: containerName=1 string; operator=2! string; values=3 []int32
PodFailurePolicyOnPodConditionsPattern: type=1! string; status=2! string
PodFailurePolicyRule: action=1! string; onExitCodes=2 PodFailurePolicyOnExitCodesRequirement;
    onPodConditions=3 []PodFailurePolicyOnPodConditionsPattern
PodTemplateSpec: metadata=1! ObjectMeta; spec=2! PodSpec
ReplicaSet: metadata=1! ObjectMeta; spec=2! ReplicaSetSpec; status=3! ReplicaSetStatus
ReplicaSetCondition: type=1! string; status=2! string; lastTransitionTime=3! Time; reason=4! string;
    message=5! string
ReplicaSetSpec: replicas=1 int32; selector=2 LabelSelector; template=3! PodTemplateSpec;
    minReadySeconds=4! int32
ReplicaSetStatus: replicas=1! int32; fullyLabeledReplicas=2! int32; observedGeneration=3! int64;
    readyReplicas=4! int32; availableReplicas=5! int32; conditions=6 []ReplicaSetCondition;
    terminatingReplicas=7 int32
RollingUpdateDaemonSet: maxUnavailable=1 IntOrString; maxSurge=2 IntOrString
RollingUpdateDeployment: maxUnavailable=1 IntOrString; maxSurge=2 IntOrString
RollingUpdateStatefulSetStrategy: partition=1 int32; maxUnavailable=2 IntOrString
StatefulSet: metadata=1! ObjectMeta; spec=2! StatefulSetSpec; status=3! StatefulSetStatus
StatefulSetCondition: type=1! string; status=2! string; lastTransitionTime=3! Time; reason=4! string;
    message=5! string
StatefulSetOrdinals: start=1! int32
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted=1! string; whenScaled=2! string
StatefulSetSpec: replicas=1 int32; selector=2 LabelSelector; template=3! PodTemplateSpec;
    volumeClaimTemplates=4 []PersistentVolumeClaim; serviceName=5! string; podManagementPolicy=6! string;
    updateStrategy=7! StatefulSetUpdateStrategy; revisionHistoryLimit=8 int32; minReadySeconds=9! int32;
    persistentVolumeClaimRetentionPolicy=10 StatefulSetPersistentVolumeClaimRetentionPolicy;
    ordinals=11 StatefulSetOrdinals
StatefulSetStatus: observedGeneration=1! int64; replicas=2! int32; readyReplicas=3! int32;
    currentReplicas=4! int32; updatedReplicas=5! int32; currentRevision=6! string;
    updateRevision=7! string; collisionCount=9 int32; conditions=10 []StatefulSetCondition;
    availableReplicas=11! int32
StatefulSetUpdateStrategy: type=1! string; rollingUpdate=2 RollingUpdateStatefulSetStrategy
SuccessPolicy: rules=1 []SuccessPolicyRule
SuccessPolicyRule: succeededIndexes=1 string; succeededCount=2 int32
TypedLocalObjectReference: apiGroup=1 string; kind=2! string; name=3! string
TypedObjectReference: apiGroup=1 string; kind=2! string; name=3! string; namespace=4 string
UncountedTerminatedPods: succeeded=1 []string; failed=2 []string
VolumeResourceRequirements: limits=1 map[Quantity]; requests=2 map[Quantity]
`;
