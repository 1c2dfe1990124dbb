/**
 * Protobuf messages of policy, autoscaling, coordination, networking, admissionregistration, apiextensions (without the
 * schemas of custom resources), authorization and authentication. Notation: see `message.ts`.
 */
export const othersSchema = `
ContainerResourceMetricSource: name=1! string; target=2! MetricTarget; container=3! string
ContainerResourceMetricStatus: name=1! string; current=2! MetricValueStatus; container=3! string
CrossVersionObjectReference: kind=1! string; name=2! string; apiVersion=3! string
CustomResourceColumnDefinition: name=1! string; type=2! string; format=3! string; description=4! string;
    priority=5! int32; jsonPath=6! string
CustomResourceDefinition: metadata=1! ObjectMeta; spec=2! CustomResourceDefinitionSpec;
    status=3! CustomResourceDefinitionStatus
CustomResourceDefinitionCondition: type=1! string; status=2! string; lastTransitionTime=3! Time;
    reason=4! string; message=5! string
CustomResourceDefinitionNames: plural=1! string; singular=2! string; shortNames=3 []string; kind=4! string;
    listKind=5! string; categories=6 []string
CustomResourceDefinitionSpec: group=1! string; names=3! CustomResourceDefinitionNames; scope=4! string;
    versions=7 []CustomResourceDefinitionVersion; preserveUnknownFields=10! bool
CustomResourceDefinitionStatus: conditions=1 []CustomResourceDefinitionCondition;
    acceptedNames=2! CustomResourceDefinitionNames; storedVersions=3 []string
CustomResourceDefinitionVersion: name=1! string; served=2! bool; storage=3! bool;
    additionalPrinterColumns=6 []CustomResourceColumnDefinition; deprecated=7! bool;
    deprecationWarning=8 string
Eviction: metadata=1! ObjectMeta; deleteOptions=2 DeleteOptions
ExternalMetricSource: metric=1! MetricIdentifier; target=2! MetricTarget
ExternalMetricStatus: metric=1! MetricIdentifier; current=2! MetricValueStatus
HPAScalingPolicy: type=1! string; value=2! int32; periodSeconds=3! int32
HPAScalingRules: selectPolicy=1 string; policies=2 []HPAScalingPolicy; stabilizationWindowSeconds=3 int32;
    tolerance=4 Quantity
HorizontalPodAutoscaler: metadata=1! ObjectMeta; spec=2! HorizontalPodAutoscalerSpec;
    status=3! HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior: scaleUp=1 HPAScalingRules; scaleDown=2 HPAScalingRules
HorizontalPodAutoscalerCondition: type=1! string; status=2! string; lastTransitionTime=3! Time;
    reason=4! string; message=5! string
HorizontalPodAutoscalerSpec: scaleTargetRef=1! CrossVersionObjectReference; minReplicas=2 int32;
    maxReplicas=3! int32; metrics=4 []MetricSpec; behavior=5 HorizontalPodAutoscalerBehavior
HorizontalPodAutoscalerStatus: observedGeneration=1 int64; lastScaleTime=2 Time; currentReplicas=3! int32;
    desiredReplicas=4! int32; currentMetrics=5 []MetricStatus;
    conditions=6 []HorizontalPodAutoscalerCondition
IPBlock: cidr=1! string; except=2 []string
Lease: metadata=1! ObjectMeta; spec=2! LeaseSpec
LeaseSpec: holderIdentity=1 string; leaseDurationSeconds=2 int32; acquireTime=3 MicroTime;
    renewTime=4 MicroTime; leaseTransitions=5 int32; strategy=6 string; preferredHolder=7 string
MatchCondition: name=1! string; expression=2! string
MetricIdentifier: name=1! string; selector=2 LabelSelector
MetricSpec: type=1! string; object=2 ObjectMetricSource; pods=3 PodsMetricSource;
    resource=4 ResourceMetricSource; external=5 ExternalMetricSource;
    containerResource=7 ContainerResourceMetricSource
MetricStatus: type=1! string; object=2 ObjectMetricStatus; pods=3 PodsMetricStatus;
    resource=4 ResourceMetricStatus; external=5 ExternalMetricStatus;
    containerResource=7 ContainerResourceMetricStatus
MetricTarget: type=1! string; value=2 Quantity; averageValue=3 Quantity; averageUtilization=4 int32
MetricValueStatus: value=1 Quantity; averageValue=2 Quantity; averageUtilization=3 int32
MutatingWebhook: name=1! string; clientConfig=2! WebhookClientConfig; rules=3 []RuleWithOperations;
    failurePolicy=4 string; namespaceSelector=5 LabelSelector; sideEffects=6 string;
    timeoutSeconds=7 int32; admissionReviewVersions=8 []string; matchPolicy=9 string;
    reinvocationPolicy=10 string; objectSelector=11 LabelSelector; matchConditions=12 []MatchCondition
MutatingWebhookConfiguration: metadata=1! ObjectMeta; webhooks=2 []MutatingWebhook
NetworkPolicy: metadata=1! ObjectMeta; spec=2! NetworkPolicySpec
NetworkPolicyEgressRule: ports=1 []NetworkPolicyPort; to=2 []NetworkPolicyPeer
NetworkPolicyIngressRule: ports=1 []NetworkPolicyPort; from=2 []NetworkPolicyPeer
NetworkPolicyPeer: podSelector=1 LabelSelector; namespaceSelector=2 LabelSelector; ipBlock=3 IPBlock
NetworkPolicyPort: protocol=1 string; port=2 IntOrString; endPort=3 int32
NetworkPolicySpec: podSelector=1! LabelSelector; ingress=2 []NetworkPolicyIngressRule;
    egress=3 []NetworkPolicyEgressRule; policyTypes=4 []string
NonResourceAttributes: path=1! string; verb=2! string
NonResourceRule: verbs=1 []string; nonResourceURLs=2 []string
ObjectMetricSource: describedObject=1! CrossVersionObjectReference; target=2! MetricTarget;
    metric=3! MetricIdentifier
ObjectMetricStatus: metric=1! MetricIdentifier; current=2! MetricValueStatus;
    describedObject=3! CrossVersionObjectReference
PodDisruptionBudget: metadata=1! ObjectMeta; spec=2! PodDisruptionBudgetSpec;
    status=3! PodDisruptionBudgetStatus
PodDisruptionBudgetSpec: minAvailable=1 IntOrString; selector=2 LabelSelector;
    maxUnavailable=3 IntOrString; unhealthyPodEvictionPolicy=4 string
PodDisruptionBudgetStatus: observedGeneration=1! int64; disruptedPods=2 map[Time];
    disruptionsAllowed=3! int32; currentHealthy=4! int32; desiredHealthy=5! int32; expectedPods=6! int32;
    conditions=7 []Condition
PodsMetricSource: metric=1! MetricIdentifier; target=2! MetricTarget
PodsMetricStatus: metric=1! MetricIdentifier; current=2! MetricValueStatus
ResourceAttributes: namespace=1! string; verb=2! string; group=3! string; version=4! string;
    resource=5! string; subresource=6! string; name=7! string
ResourceMetricSource: name=1! string; target=2! MetricTarget
ResourceMetricStatus: name=1! string; current=2! MetricValueStatus
ResourceRule: verbs=1 []string; apiGroups=2 []string; resources=3 []string; resourceNames=4 []string
Rule: apiGroups=1 []string; apiVersions=2 []string; resources=3 []string; scope=4 string
RuleWithOperations: operations=1 []string; rule=2! inline Rule
Scale: metadata=1! ObjectMeta; spec=2! ScaleSpec; status=3! ScaleStatus
ScaleSpec: replicas=1! int32
ScaleStatus: replicas=1! int32; selector=2! string
SelfSubjectAccessReview: metadata=1! ObjectMeta; spec=2! SelfSubjectAccessReviewSpec;
    status=3! SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: resourceAttributes=1 ResourceAttributes;
    nonResourceAttributes=2 NonResourceAttributes
SelfSubjectReview: metadata=1! ObjectMeta; status=2! SelfSubjectReviewStatus
SelfSubjectReviewStatus: userInfo=1! UserInfo
SelfSubjectRulesReview: metadata=1! ObjectMeta; spec=2! SelfSubjectRulesReviewSpec;
    status=3! SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec: namespace=1! string
ServiceReference: namespace=1! string; name=2! string; path=3 string; port=4 int32
SubjectAccessReviewStatus: allowed=1! bool; reason=2! string; evaluationError=3! string; denied=4! bool
SubjectRulesReviewStatus: resourceRules=1 []ResourceRule; nonResourceRules=2 []NonResourceRule;
    incomplete=3! bool; evaluationError=4! string
UserInfo: username=1! string; uid=2! string; groups=3 []string
WebhookClientConfig: service=1 ServiceReference; caBundle=2 bytes; url=3 string
`;
