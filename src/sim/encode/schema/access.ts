/** Protobuf messages of rbac, and of the admission policies of admissionregistration. Notation: see `message.ts`. */
export const accessSchema = `
AggregationRule: clusterRoleSelectors=1 []LabelSelector
AuditAnnotation: key=1! string; valueExpression=2! string
ClusterRole: metadata=1! ObjectMeta; rules=2 []PolicyRule; aggregationRule=3 AggregationRule
ClusterRoleBinding: metadata=1! ObjectMeta; subjects=2 []Subject; roleRef=3! RoleRef
ExpressionWarning: fieldRef=2! string; warning=3! string
MatchResources: namespaceSelector=1 LabelSelector; objectSelector=2 LabelSelector;
    resourceRules=3 []NamedRuleWithOperations; excludeResourceRules=4 []NamedRuleWithOperations;
    matchPolicy=7 string
NamedRuleWithOperations: resourceNames=1 []string; ruleWithOperations=2! inline RuleWithOperations
ParamKind: apiVersion=1! string; kind=2! string
ParamRef: name=1 string; namespace=2 string; selector=3 LabelSelector; parameterNotFoundAction=4 string
PolicyRule: verbs=1 []string; apiGroups=2 []string; resources=3 []string; resourceNames=4 []string;
    nonResourceURLs=5 []string
Role: metadata=1! ObjectMeta; rules=2 []PolicyRule
RoleBinding: metadata=1! ObjectMeta; subjects=2 []Subject; roleRef=3! RoleRef
RoleRef: apiGroup=1! string; kind=2! string; name=3! string
Subject: kind=1! string; apiGroup=2 string; name=3! string; namespace=4 string
TypeChecking: expressionWarnings=1 []ExpressionWarning
ValidatingAdmissionPolicy: metadata=1! ObjectMeta; spec=2! ValidatingAdmissionPolicySpec;
    status=3! ValidatingAdmissionPolicyStatus
ValidatingAdmissionPolicyBinding: metadata=1! ObjectMeta; spec=2! ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec: policyName=1 string; paramRef=2 ParamRef; matchResources=3 MatchResources;
    validationActions=4 []string
ValidatingAdmissionPolicySpec: paramKind=1 ParamKind; matchConstraints=2 MatchResources;
    validations=3 []Validation; failurePolicy=4 string; auditAnnotations=5 []AuditAnnotation;
    matchConditions=6 []MatchCondition; variables=7 []Variable
ValidatingAdmissionPolicyStatus: observedGeneration=1 int64; typeChecking=2 TypeChecking; conditions=3 []Condition
Validation: expression=1! string; message=2 string; reason=3 string; messageExpression=4 string
Variable: name=1! string; expression=2! string
`;
