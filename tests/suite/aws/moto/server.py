"""moto's server, with the three things that it forgets and that an environment needs.

Outputs of a stack are worked out when it is made or updated directly, but not when a change set is carried out. A database
in a template cannot have a parameter group of the same template, nor can its managed password be asked for. Everything else
that the tests see is moto's own.
"""

from moto import server
from moto.cloudformation.models import ChangeSet
from moto.rds.models import DBInstance

SECRET = "MasterUserSecret.SecretArn"

carry_out = ChangeSet.apply
make = DBInstance.create_from_cloudformation_json
known = DBInstance.has_cfn_attr
attribute = DBInstance.get_cfn_attribute


def carry_out_with_outputs(change_set):
    carry_out(change_set)
    stack = change_set.stack
    stack.template = change_set.template
    stack.parameters = change_set.parameters
    stack._parse_template()
    stack.output_map = stack._create_output_map()


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


def attribute_or_secret(database, name):
    if name == SECRET:
        return database.master_user_secret.secret.arn
    return attribute(database, name)


ChangeSet.apply = carry_out_with_outputs
DBInstance.create_from_cloudformation_json = staticmethod(make_with_settings)
DBInstance.has_cfn_attr = classmethod(lambda _, name: name == SECRET or known(name))
DBInstance.get_cfn_attribute = attribute_or_secret
server.main()
