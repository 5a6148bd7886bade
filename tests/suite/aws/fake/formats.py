"""Makes every call that the fake knows, and holds each answer against the description of its service.

Prints what does not fit: members that are unknown or missing, values of another type, words that are no choice.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree

import botocore.session

ENDPOINT = sys.argv[1]
ROLE = "arn:aws:iam::123456789012:role/r"
OTHER = "arn:aws:iam::123456789012:role/d"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
TEMPLATE = json.dumps({
    "Parameters": {"Size": {"Type": "String", "Default": "1"}, "Secret": {"Type": "String", "NoEcho": True}},
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "b-${Size}"}}},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Bucket"}, "S": {"Ref": "Secret"}}},
    },
    "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}, "Export": {"Name": "bucket"}}},
})
faults = set()


def members(shape):
    return {member.serialization.get("name", name): member for name, member in shape.members.items()}


def check_json(shape, value, path):
    kinds = {"structure": dict, "map": dict, "list": list, "string": str, "integer": int, "long": int,
             "boolean": bool, "timestamp": (int, float)}
    kind = kinds.get(shape.type_name)
    if kind and not isinstance(value, kind):
        faults.add(f"{path}: {value!r} is no {shape.type_name}")
    elif shape.type_name == "structure":
        known = members(shape)
        for name, inner in value.items():
            check_member(known, name, lambda member: check_json(member, inner, f"{path}.{name}"), path)
        check_required(shape, value, path)
    elif shape.type_name == "list":
        for inner in value:
            check_json(shape.member, inner, f"{path}[]")
    elif shape.type_name == "map":
        for inner in value.values():
            check_json(shape.value, inner, f"{path}{{}}")
    elif shape.type_name == "string":
        check_choice(shape, value, path)


def check_xml(shape, element, path):
    text = element.text or ""
    if shape.type_name == "structure":
        known = members(shape)
        names = [plain(inner) for inner in element]
        for inner in element:
            check_member(known, plain(inner), lambda member: check_xml(member, inner, f"{path}.{plain(inner)}"), path)
        check_required(shape, names, path)
    elif shape.type_name == "list":
        for inner in element:
            if plain(inner) != "member":
                faults.add(f"{path}: {plain(inner)} among the members")
            check_xml(shape.member, inner, f"{path}[]")
    elif shape.type_name == "boolean" and text not in ("true", "false"):
        faults.add(f"{path}: {text} is no boolean")
    elif shape.type_name == "integer" and not text.isdigit():
        faults.add(f"{path}: {text} is no integer")
    elif shape.type_name == "string":
        check_choice(shape, text, path)


def plain(element):
    return element.tag.split("}")[-1]


def check_member(known, name, check, path):
    if name in known:
        check(known[name])
    else:
        faults.add(f"{path}.{name}: unknown")


def check_required(shape, names, path):
    faults.update(f"{path}.{name}: missing" for name in shape.required_members if name not in names)


def check_choice(shape, value, path):
    if shape.enum and value not in shape.enum:
        faults.add(f"{path}: {value}")


def answered(operation_model, response_dict, **_):
    path = f"{operation_model.service_model.service_name}:{operation_model.name}"
    shape = operation_model.output_shape
    if response_dict["status_code"] != 200:
        faults.add(f"{path}: {response_dict['body']}")
    elif path.startswith("eks"):
        check_json(shape, json.loads(response_dict["body"]), path)
    else:
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        found = {plain(inner): inner for inner in ElementTree.fromstring(response_dict["body"])}
        if set(found) != {"ResponseMetadata"} | ({wrapper} if wrapper else set()):
            faults.add(f"{path}: {sorted(found)}")
        elif wrapper:
            check_xml(shape, found[wrapper], path)


session = botocore.session.get_session()
session.register("before-parse", answered)


def client(name):
    return session.create_client(name, region_name="eu-central-1", endpoint_url=ENDPOINT,
                                 aws_access_key_id="test", aws_secret_access_key="test")


def twice(call, **arguments):
    call(**arguments)
    return call(**arguments)


def stacks():
    service = client("cloudformation")
    stack = {"StackName": "shop"}
    first = {**stack, "ChangeSetName": "one"}
    secret = [{"ParameterKey": "Secret", "ParameterValue": "x"}]
    service.create_change_set(**first, ChangeSetType="CREATE", TemplateBody=TEMPLATE, Parameters=secret,
                              NotificationARNs=["arn:aws:sns:eu-central-1:1:x"], Tags=[{"Key": "a", "Value": "b"}])
    twice(service.describe_change_set, **first, IncludePropertyValues=True)
    service.list_change_sets(**stack)
    service.get_template(**first)
    service.execute_change_set(**first)
    twice(service.describe_stacks, **stack)
    twice(service.describe_stacks, **stack)
    service.describe_stacks()
    service.list_stacks()
    service.list_exports()
    service.describe_stack_events(**stack)
    service.describe_stack_resources(**stack)
    service.describe_stack_resource(**stack, LogicalResourceId="Bucket")
    service.list_stack_resources(**stack)
    service.get_template(**stack)
    service.get_template_summary(**stack)
    service.validate_template(TemplateBody=TEMPLATE)
    policy = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    service.set_stack_policy(**stack, StackPolicyBody=json.dumps(policy))
    service.get_stack_policy(**stack)
    service.update_termination_protection(**stack, EnableTerminationProtection=False)
    detection = service.detect_stack_drift(**stack)
    twice(service.describe_stack_drift_detection_status, **detection_id(detection))
    service.describe_stack_resource_drifts(**stack)
    service.detect_stack_resource_drift(**stack, LogicalResourceId="Bucket")
    other = {"UsePreviousTemplate": True, "Parameters": [
        {"ParameterKey": "Secret", "UsePreviousValue": True}, {"ParameterKey": "Size", "ParameterValue": "2"}]}
    second = {**stack, "ChangeSetName": "two"}
    service.create_change_set(**second, **other)
    twice(service.describe_change_set, **second, IncludePropertyValues=True)
    service.delete_change_set(**second)
    service.update_stack(**stack, **other)
    service.describe_stacks(**stack)
    service.cancel_update_stack(**stack)
    twice(service.describe_stacks, **stack)
    twice(service.describe_stacks, **stack)
    service.delete_stack(**stack)
    service.create_stack(StackName="other", TemplateBody=TEMPLATE, Parameters=secret, TimeoutInMinutes=5)
    service.describe_stacks(StackName="other")


def detection_id(answer):
    return {"StackDriftDetectionId": answer["StackDriftDetectionId"]}


def identity():
    service = client("sts")
    service.get_caller_identity()
    role = {"RoleArn": ROLE, "RoleSessionName": "me"}
    service.assume_role(**role)
    service.assume_role_with_web_identity(**role, WebIdentityToken="a token")


def clusters():
    service = client("eks")
    service.create_cluster(
        name="shop", roleArn=ROLE, resourcesVpcConfig={"subnetIds": ["a", "b"]}, version="1.31",
        accessConfig={"authenticationMode": "API"}, upgradePolicy={"supportType": "STANDARD"},
        logging={"clusterLogging": [{"types": ["api"], "enabled": True}]}, tags={"a": "b"},
        encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": "x"}}],
        zonalShiftConfig={"enabled": True}, computeConfig={"enabled": False})
    twice(service.describe_cluster, name="shop")
    service.list_clusters()
    service.describe_cluster_versions()
    update = service.update_cluster_version(name="shop", version="1.32")["update"]["id"]
    twice(service.describe_update, name="shop", updateId=update)
    service.list_updates(name="shop")
    service.update_cluster_config(name="shop", deletionProtection=True)
    twice(service.describe_cluster, name="shop")
    resource = {"resourceArn": "arn:aws:eks:eu-central-1:123456789012:cluster/shop"}
    service.tag_resource(**resource, tags={"x": "y"})
    service.list_tags_for_resource(**resource)
    service.untag_resource(**resource, tagKeys=["x"])
    shop = {"clusterName": "shop"}
    parts(service, shop)
    access(service, shop)
    service.create_cluster(name="gone", roleArn=ROLE, resourcesVpcConfig={"subnetIds": ["a", "b"]})
    service.delete_cluster(name="gone")


def parts(service, shop):
    group = {**shop, "nodegroupName": "n"}
    service.create_nodegroup(
        **group, subnets=["a"], nodeRole=ROLE, taints=[{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}],
        launchTemplate={"id": "lt-1", "version": "1"}, nodeRepairConfig={"enabled": True},
        updateConfig={"maxUnavailablePercentage": 10}, remoteAccess={"ec2SshKey": "x"})
    twice(service.describe_nodegroup, **group)
    service.list_nodegroups(**shop)
    service.update_nodegroup_config(**group, scalingConfig={"minSize": 1, "maxSize": 3, "desiredSize": 1})
    twice(service.describe_nodegroup, **group)
    service.update_nodegroup_version(**group, version="1.32")
    twice(service.describe_nodegroup, **group)
    service.delete_nodegroup(**group)
    profile = {**shop, "fargateProfileName": "f"}
    service.create_fargate_profile(**profile, podExecutionRoleArn=ROLE,
                                   selectors=[{"namespace": "x", "labels": {"a": "b"}}], subnets=["a"])
    twice(service.describe_fargate_profile, **profile)
    service.list_fargate_profiles(**shop)
    service.delete_fargate_profile(**profile)
    addon = {**shop, "addonName": "vpc-cni"}
    service.create_addon(**addon, configurationValues="{}", serviceAccountRoleArn=ROLE,
                         podIdentityAssociations=[{"serviceAccount": "s", "roleArn": ROLE}])
    twice(service.describe_addon, **addon)
    service.list_addons(**shop)
    service.update_addon(**addon, addonVersion="v1.20.0-eksbuild.1", resolveConflicts="OVERWRITE")
    twice(service.describe_addon, **addon)
    service.delete_addon(**addon)
    service.describe_addon_versions(addonName="coredns")
    service.describe_addon_configuration(addonName="coredns", addonVersion="v1.12.1-eksbuild.2")


def access(service, shop):
    entry = {**shop, "principalArn": OTHER}
    service.create_access_entry(**entry)
    service.describe_access_entry(**entry)
    service.list_access_entries(**shop)
    service.update_access_entry(**entry, kubernetesGroups=["x"])
    service.associate_access_policy(**entry, policyArn=VIEW, accessScope={"type": "cluster"})
    service.list_associated_access_policies(**entry)
    service.list_access_policies()
    service.disassociate_access_policy(**entry, policyArn=VIEW)
    service.delete_access_entry(**entry)
    made = service.create_pod_identity_association(**shop, namespace="n", serviceAccount="s", roleArn=ROLE,
                                                   targetRoleArn=OTHER)
    association = {**shop, "associationId": made["association"]["associationId"]}
    service.describe_pod_identity_association(**association)
    service.list_pod_identity_associations(**shop)
    service.update_pod_identity_association(**association, roleArn=OTHER)
    service.delete_pod_identity_association(**association)
    service.associate_identity_provider_config(
        **shop, tags={"a": "b"}, oidc={"identityProviderConfigName": "o", "issuerUrl": "https://id.example.org",
                                       "clientId": "c", "requiredClaims": {"a": "b"}})
    provider = {**shop, "identityProviderConfig": {"type": "oidc", "name": "o"}}
    twice(service.describe_identity_provider_config, **provider)
    service.list_identity_provider_configs(**shop)
    service.disassociate_identity_provider_config(**provider)


stacks()
identity()
clusters()
print("\n".join(sorted(faults)))
