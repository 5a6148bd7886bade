"""moto's server, with what it forgets and an environment needs. Everything else that the tests see is moto's own.

- A change set of a stack that there is can be asked for by the stack's ARN.
- A stack has its outputs also after a change set was carried out.
- Parameters that are lists are told as text.
- A database in a template may have a parameter group of the same template, is changed in place, and its managed password
  can be asked for.
- The routes of a network go with it.
"""

from moto import server
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.ec2.models import EC2Backend
from moto.rds.models import DBInstance

SECRET = "MasterUserSecret.SecretArn"

prepare = CloudFormationBackend.create_change_set
carry_out = ChangeSet.apply
make = DBInstance.create_from_cloudformation_json
known = DBInstance.has_cfn_attr
attribute = DBInstance.get_cfn_attribute
delete_network = EC2Backend.delete_vpc


def prepare_by_name_or_arn(backend, stack_name, *others, **named):
    there = backend.stacks.get(stack_name)
    return prepare(backend, there.name if there else stack_name, *others, **named)


def carry_out_with_outputs(change_set):
    carry_out(change_set)
    stack = change_set.stack
    stack.template = change_set.template
    stack.parameters = change_set.parameters
    stack._parse_template()
    stack.output_map = stack._create_output_map()


def parameters_as_text(stack):
    values = stack.resource_map.resolved_parameters.items()
    return [{"ParameterKey": key, "ParameterValue": ",".join(it) if isinstance(it, list) else it} for key, it in values]


def make_with_settings(resource_name, cloudformation_json, account_id, region_name, **others):
    properties = dict(cloudformation_json["Properties"])
    settings = properties.get("DBParameterGroupName")
    if settings is not None:
        properties["DBParameterGroupName"] = getattr(settings, "name", settings)
    template = {**cloudformation_json, "Properties": properties}
    database = make(resource_name, template, account_id, region_name, **others)
    if properties.get("ManageMasterUserPassword"):
        database.update(manage_master_user_password=True)
    return database


def change_in_place(database, name, template, account_id, region_name):
    properties = template["Properties"]
    database.db_instance_class = properties["DBInstanceClass"]
    database.allocated_storage = properties["AllocatedStorage"]
    database.backup_retention_period = properties["BackupRetentionPeriod"]
    database.multi_az = properties["MultiAZ"]
    return database


def attribute_or_secret(database, name):
    if name == SECRET:
        return database.master_user_secret.secret.arn
    return attribute(database, name)


def delete_network_with_routes(backend, vpc_id):
    tables = backend.describe_route_tables(filters={"vpc-id": vpc_id})
    for table in tables:
        if table.main_association_id is None:
            backend.route_tables.pop(table.id)
    return delete_network(backend, vpc_id)


CloudFormationBackend.create_change_set = prepare_by_name_or_arn
ChangeSet.apply = carry_out_with_outputs
Stack.parameter_list = property(parameters_as_text)
DBInstance.create_from_cloudformation_json = staticmethod(make_with_settings)
DBInstance.update_from_cloudformation_json = staticmethod(change_in_place)
DBInstance.has_cfn_attr = classmethod(lambda _, name: name == SECRET or known(name))
DBInstance.get_cfn_attribute = attribute_or_secret
EC2Backend.delete_vpc = delete_network_with_routes
server.main()
