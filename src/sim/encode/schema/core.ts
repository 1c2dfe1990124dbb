/** Protobuf messages of core/v1. Notation: see `message.ts`. */
export const coreSchema = `
Affinity: nodeAffinity=1 NodeAffinity; podAffinity=2 PodAffinity; podAntiAffinity=3 PodAntiAffinity
AppArmorProfile: type=1! string; localhostProfile=2 string
CSIVolumeSource: driver=1! string; readOnly=2 bool; fsType=3 string; volumeAttributes=4 map[string];
    nodePublishSecretRef=5 LocalObjectReference
Capabilities: add=1 []string; drop=2 []string
ClientIPConfig: timeoutSeconds=1 int32
Condition: type=1! string; status=2! string; observedGeneration=3! int64; lastTransitionTime=4! Time;
    reason=5! string; message=6! string
ConfigMap: metadata=1! ObjectMeta; data=2 map[string]; binaryData=3 map[bytes]; immutable=4 bool
ConfigMapEnvSource: localObjectReference=1! inline LocalObjectReference; optional=2 bool
ConfigMapKeySelector: localObjectReference=1! inline LocalObjectReference; key=2! string; optional=3 bool
ConfigMapProjection: localObjectReference=1! inline LocalObjectReference; items=2 []KeyToPath;
    optional=4 bool
ConfigMapVolumeSource: localObjectReference=1! inline LocalObjectReference; items=2 []KeyToPath;
    defaultMode=3 int32; optional=4 bool
Container: name=1! string; image=2! string; command=3 []string; args=4 []string; workingDir=5! string;
    ports=6 []ContainerPort; env=7 []EnvVar; resources=8! ResourceRequirements;
    volumeMounts=9 []VolumeMount; livenessProbe=10 Probe; readinessProbe=11 Probe; lifecycle=12 Lifecycle;
    terminationMessagePath=13! string; imagePullPolicy=14! string; securityContext=15 SecurityContext;
    stdin=16! bool; stdinOnce=17! bool; tty=18! bool; envFrom=19 []EnvFromSource;
    terminationMessagePolicy=20! string; volumeDevices=21 []VolumeDevice; startupProbe=22 Probe;
    resizePolicy=23 []ContainerResizePolicy; restartPolicy=24 string
ContainerImage: names=1 []string; sizeBytes=2! int64
ContainerPort: name=1! string; hostPort=2! int32; containerPort=3! int32; protocol=4! string;
    hostIP=5! string
ContainerResizePolicy: resourceName=1! string; restartPolicy=2! string
ContainerState: waiting=1 ContainerStateWaiting; running=2 ContainerStateRunning;
    terminated=3 ContainerStateTerminated
ContainerStateRunning: startedAt=1! Time
ContainerStateTerminated: exitCode=1! int32; signal=2! int32; reason=3! string; message=4! string;
    startedAt=5! Time; finishedAt=6! Time; containerID=7! string
ContainerStateWaiting: reason=1! string; message=2! string
ContainerStatus: name=1! string; state=2! ContainerState; lastState=3! ContainerState; ready=4! bool;
    restartCount=5! int32; image=6! string; imageID=7! string; containerID=8! string; started=9 bool;
    allocatedResources=10 map[Quantity]; resources=11 ResourceRequirements;
    volumeMounts=12 []VolumeMountStatus; stopSignal=15 string
DaemonEndpoint: Port=1! int32
DownwardAPIProjection: items=1 []DownwardAPIVolumeFile
DownwardAPIVolumeFile: path=1! string; fieldRef=2 ObjectFieldSelector;
    resourceFieldRef=3 ResourceFieldSelector; mode=4 int32
DownwardAPIVolumeSource: items=1 []DownwardAPIVolumeFile; defaultMode=2 int32
EmptyDirVolumeSource: medium=1! string; sizeLimit=2 Quantity
EnvFromSource: prefix=1! string; configMapRef=2 ConfigMapEnvSource; secretRef=3 SecretEnvSource
EnvVar: name=1! string; value=2! string; valueFrom=3 EnvVarSource
EnvVarSource: fieldRef=1 ObjectFieldSelector; resourceFieldRef=2 ResourceFieldSelector;
    configMapKeyRef=3 ConfigMapKeySelector; secretKeyRef=4 SecretKeySelector
EphemeralContainer: ephemeralContainerCommon=1! inline EphemeralContainerCommon;
    targetContainerName=2! string
EphemeralContainerCommon: name=1! string; image=2! string; command=3 []string; args=4 []string;
    workingDir=5! string; ports=6 []ContainerPort; env=7 []EnvVar; resources=8! ResourceRequirements;
    volumeMounts=9 []VolumeMount; livenessProbe=10 Probe; readinessProbe=11 Probe; lifecycle=12 Lifecycle;
    terminationMessagePath=13! string; imagePullPolicy=14! string; securityContext=15 SecurityContext;
    stdin=16! bool; stdinOnce=17! bool; tty=18! bool; envFrom=19 []EnvFromSource;
    terminationMessagePolicy=20! string; volumeDevices=21 []VolumeDevice; startupProbe=22 Probe;
    resizePolicy=23 []ContainerResizePolicy; restartPolicy=24 string
Event: metadata=1! ObjectMeta; involvedObject=2! ObjectReference; reason=3! string; message=4! string;
    source=5! EventSource; firstTimestamp=6! Time; lastTimestamp=7! Time; count=8! int32; type=9! string;
    eventTime=10! MicroTime; series=11 EventSeries; action=12! string; related=13 ObjectReference;
    reportingComponent=14! string; reportingInstance=15! string
EventSeries: count=1! int32; lastObservedTime=2! MicroTime
EventSource: component=1! string; host=2! string
ExecAction: command=1 []string
GRPCAction: port=1! int32; service=2 string
HTTPGetAction: path=1! string; port=2! IntOrString; host=3! string; scheme=4! string;
    httpHeaders=5 []HTTPHeader
HTTPHeader: name=1! string; value=2! string
HostAlias: ip=1! string; hostnames=2 []string
HostIP: ip=1! string
HostPathVolumeSource: path=1! string; type=2 string
KeyToPath: key=1! string; path=2! string; mode=3 int32
LabelSelector: matchLabels=1 map[string]; matchExpressions=2 []LabelSelectorRequirement
LabelSelectorRequirement: key=1! string; operator=2! string; values=3 []string
Lifecycle: postStart=1 LifecycleHandler; preStop=2 LifecycleHandler; stopSignal=3 string
LifecycleHandler: exec=1 ExecAction; httpGet=2 HTTPGetAction; tcpSocket=3 TCPSocketAction;
    sleep=4 SleepAction
LoadBalancerIngress: ip=1! string; hostname=2! string; ipMode=3 string; ports=4 []PortStatus
LoadBalancerStatus: ingress=1 []LoadBalancerIngress
LocalObjectReference: name=1! string
NFSVolumeSource: server=1! string; path=2! string; readOnly=3! bool
Namespace: metadata=1! ObjectMeta; spec=2! NamespaceSpec; status=3! NamespaceStatus
NamespaceCondition: type=1! string; status=2! string; lastTransitionTime=4! Time; reason=5! string;
    message=6! string
NamespaceSpec: finalizers=1 []string
NamespaceStatus: phase=1! string; conditions=2 []NamespaceCondition
Node: metadata=1! ObjectMeta; spec=2! NodeSpec; status=3! NodeStatus
NodeAddress: type=1! string; address=2! string
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution=1 NodeSelector;
    preferredDuringSchedulingIgnoredDuringExecution=2 []PreferredSchedulingTerm
NodeCondition: type=1! string; status=2! string; lastHeartbeatTime=3! Time; lastTransitionTime=4! Time;
    reason=5! string; message=6! string
NodeDaemonEndpoints: kubeletEndpoint=1! DaemonEndpoint
NodeSelector: nodeSelectorTerms=1 []NodeSelectorTerm
NodeSelectorRequirement: key=1! string; operator=2! string; values=3 []string
NodeSelectorTerm: matchExpressions=1 []NodeSelectorRequirement; matchFields=2 []NodeSelectorRequirement
NodeSpec: podCIDR=1! string; externalID=2! string; providerID=3! string; unschedulable=4! bool;
    taints=5 []Taint; podCIDRs=7 []string
NodeStatus: capacity=1 map[Quantity]; allocatable=2 map[Quantity]; phase=3! string;
    conditions=4 []NodeCondition; addresses=5 []NodeAddress; daemonEndpoints=6! NodeDaemonEndpoints;
    nodeInfo=7! NodeSystemInfo; images=8 []ContainerImage; volumesInUse=9 []string
NodeSystemInfo: machineID=1! string; systemUUID=2! string; bootID=3! string; kernelVersion=4! string;
    osImage=5! string; containerRuntimeVersion=6! string; kubeletVersion=7! string;
    kubeProxyVersion=8! string; operatingSystem=9! string; architecture=10! string
ObjectFieldSelector: apiVersion=1! string; fieldPath=2! string
ObjectReference: kind=1! string; namespace=2! string; name=3! string; uid=4! string; apiVersion=5! string;
    resourceVersion=6! string; fieldPath=7! string
PersistentVolumeClaimVolumeSource: claimName=1! string; readOnly=2! bool
Pod: metadata=1! ObjectMeta; spec=2! PodSpec; status=3! PodStatus
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution=1 []PodAffinityTerm;
    preferredDuringSchedulingIgnoredDuringExecution=2 []WeightedPodAffinityTerm
PodAffinityTerm: labelSelector=1 LabelSelector; namespaces=2 []string; topologyKey=3! string;
    namespaceSelector=4 LabelSelector; matchLabelKeys=5 []string; mismatchLabelKeys=6 []string
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution=1 []PodAffinityTerm;
    preferredDuringSchedulingIgnoredDuringExecution=2 []WeightedPodAffinityTerm
PodCondition: type=1! string; status=2! string; lastProbeTime=3! Time; lastTransitionTime=4! Time;
    reason=5! string; message=6! string; observedGeneration=7 int64
PodDNSConfig: nameservers=1 []string; searches=2 []string; options=3 []PodDNSConfigOption
PodDNSConfigOption: name=1! string; value=2 string
PodIP: ip=1! string
PodReadinessGate: conditionType=1! string
PodSchedulingGate: name=1! string
PodSecurityContext: seLinuxOptions=1 SELinuxOptions; runAsUser=2 int64; runAsNonRoot=3 bool;
    supplementalGroups=4 []int64; fsGroup=5 int64; runAsGroup=6 int64; sysctls=7 []Sysctl;
    fsGroupChangePolicy=9 string; seccompProfile=10 SeccompProfile; appArmorProfile=11 AppArmorProfile;
    supplementalGroupsPolicy=12 string; seLinuxChangePolicy=13 string
PodSpec: volumes=1 []Volume; containers=2 []Container; restartPolicy=3! string;
    terminationGracePeriodSeconds=4 int64; activeDeadlineSeconds=5 int64; dnsPolicy=6! string;
    nodeSelector=7 map[string]; serviceAccountName=8! string; serviceAccount=9! string;
    nodeName=10! string; hostNetwork=11! bool; hostPID=12! bool; hostIPC=13! bool;
    securityContext=14 PodSecurityContext; imagePullSecrets=15 []LocalObjectReference;
    hostname=16! string; subdomain=17! string; affinity=18 Affinity; schedulerName=19! string;
    initContainers=20 []Container; automountServiceAccountToken=21 bool; tolerations=22 []Toleration;
    hostAliases=23 []HostAlias; priorityClassName=24! string; priority=25 int32;
    dnsConfig=26 PodDNSConfig; shareProcessNamespace=27 bool; readinessGates=28 []PodReadinessGate;
    runtimeClassName=29 string; enableServiceLinks=30 bool; preemptionPolicy=31 string;
    overhead=32 map[Quantity]; topologySpreadConstraints=33 []TopologySpreadConstraint;
    ephemeralContainers=34 []EphemeralContainer; setHostnameAsFQDN=35 bool; hostUsers=37 bool;
    schedulingGates=38 []PodSchedulingGate; resources=40 ResourceRequirements
PodStatus: phase=1! string; conditions=2 []PodCondition; message=3! string; reason=4! string;
    hostIP=5! string; podIP=6! string; startTime=7 Time; containerStatuses=8 []ContainerStatus;
    qosClass=9! string; initContainerStatuses=10 []ContainerStatus; nominatedNodeName=11! string;
    podIPs=12 []PodIP; ephemeralContainerStatuses=13 []ContainerStatus; resize=14 string;
    hostIPs=16 []HostIP; observedGeneration=17 int64
PortStatus: port=1! int32; protocol=2! string; error=3 string
PreferredSchedulingTerm: weight=1! int32; preference=2! NodeSelectorTerm
Probe: handler=1! inline ProbeHandler; initialDelaySeconds=2! int32; timeoutSeconds=3! int32;
    periodSeconds=4! int32; successThreshold=5! int32; failureThreshold=6! int32;
    terminationGracePeriodSeconds=7 int64
ProbeHandler: exec=1 ExecAction; httpGet=2 HTTPGetAction; tcpSocket=3 TCPSocketAction; grpc=4 GRPCAction
ProjectedVolumeSource: sources=1 []VolumeProjection; defaultMode=2 int32
ResourceFieldSelector: containerName=1! string; resource=2! string; divisor=3! Quantity
ResourceQuota: metadata=1! ObjectMeta; spec=2! ResourceQuotaSpec; status=3! ResourceQuotaStatus
ResourceQuotaSpec: hard=1 map[Quantity]; scopes=2 []string; scopeSelector=3 ScopeSelector
ResourceQuotaStatus: hard=1 map[Quantity]; used=2 map[Quantity]
ResourceRequirements: limits=1 map[Quantity]; requests=2 map[Quantity]
SELinuxOptions: user=1! string; role=2! string; type=3! string; level=4! string
ScopeSelector: matchExpressions=1 []ScopedResourceSelectorRequirement
ScopedResourceSelectorRequirement: scopeName=1! string; operator=2! string; values=3 []string
SeccompProfile: type=1! string; localhostProfile=2 string
SecretEnvSource: localObjectReference=1! inline LocalObjectReference; optional=2 bool
SecretKeySelector: localObjectReference=1! inline LocalObjectReference; key=2! string; optional=3 bool
SecretProjection: localObjectReference=1! inline LocalObjectReference; items=2 []KeyToPath;
    optional=4 bool
SecretVolumeSource: secretName=1! string; items=2 []KeyToPath; defaultMode=3 int32; optional=4 bool
SecurityContext: capabilities=1 Capabilities; privileged=2 bool; seLinuxOptions=3 SELinuxOptions;
    runAsUser=4 int64; runAsNonRoot=5 bool; readOnlyRootFilesystem=6 bool;
    allowPrivilegeEscalation=7 bool; runAsGroup=8 int64; procMount=9 string;
    seccompProfile=11 SeccompProfile; appArmorProfile=12 AppArmorProfile
Service: metadata=1! ObjectMeta; spec=2! ServiceSpec; status=3! ServiceStatus
ServiceAccount: metadata=1! ObjectMeta; secrets=2 []ObjectReference;
    imagePullSecrets=3 []LocalObjectReference; automountServiceAccountToken=4 bool
ServiceAccountTokenProjection: audience=1! string; expirationSeconds=2 int64; path=3! string
ServicePort: name=1! string; protocol=2! string; port=3! int32; targetPort=4! IntOrString;
    nodePort=5! int32; appProtocol=6 string
ServiceSpec: ports=1 []ServicePort; selector=2 map[string]; clusterIP=3! string; type=4! string;
    externalIPs=5 []string; sessionAffinity=7! string; loadBalancerIP=8! string;
    loadBalancerSourceRanges=9 []string; externalName=10! string; externalTrafficPolicy=11! string;
    healthCheckNodePort=12! int32; publishNotReadyAddresses=13! bool;
    sessionAffinityConfig=14 SessionAffinityConfig; ipFamilyPolicy=17 string; clusterIPs=18 []string;
    ipFamilies=19 []string; allocateLoadBalancerNodePorts=20 bool; loadBalancerClass=21 string;
    internalTrafficPolicy=22 string; trafficDistribution=23 string
ServiceStatus: loadBalancer=1! LoadBalancerStatus; conditions=2 []Condition
SessionAffinityConfig: clientIP=1 ClientIPConfig
SleepAction: seconds=1! int64
Sysctl: name=1! string; value=2! string
TCPSocketAction: port=1! IntOrString; host=2! string
Taint: key=1! string; value=2! string; effect=3! string; timeAdded=4 Time
Toleration: key=1! string; operator=2! string; value=3! string; effect=4! string;
    tolerationSeconds=5 int64
TopologySpreadConstraint: maxSkew=1! int32; topologyKey=2! string; whenUnsatisfiable=3! string;
    labelSelector=4 LabelSelector; minDomains=5 int32; nodeAffinityPolicy=6 string;
    nodeTaintsPolicy=7 string; matchLabelKeys=8 []string
Volume: name=1! string; volumeSource=2! inline VolumeSource
VolumeDevice: name=1! string; devicePath=2! string
VolumeMount: name=1! string; readOnly=2! bool; mountPath=3! string; subPath=4! string;
    mountPropagation=5 string; subPathExpr=6! string; recursiveReadOnly=7 string
VolumeMountStatus: name=1! string; mountPath=2! string; readOnly=3! bool; recursiveReadOnly=4 string
VolumeProjection: secret=1 SecretProjection; downwardAPI=2 DownwardAPIProjection;
    configMap=3 ConfigMapProjection; serviceAccountToken=4 ServiceAccountTokenProjection
VolumeSource: hostPath=1 HostPathVolumeSource; emptyDir=2 EmptyDirVolumeSource;
    secret=6 SecretVolumeSource; nfs=7 NFSVolumeSource;
    persistentVolumeClaim=10 PersistentVolumeClaimVolumeSource; downwardAPI=16 DownwardAPIVolumeSource;
    configMap=19 ConfigMapVolumeSource; projected=26 ProjectedVolumeSource; csi=28 CSIVolumeSource
WeightedPodAffinityTerm: weight=1! int32; podAffinityTerm=2! PodAffinityTerm
`;
