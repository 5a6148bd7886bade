# Services of AWS inside the network, where the environment wants any: nodes then reach them without a way out.

locals {
  endpoints = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Services of AWS inside ${var.name}"

    Parameters = {
      VpcId            = { Type = "AWS::EC2::VPC::Id" }
      PrivateSubnetIds = { Type = "List<AWS::EC2::Subnet::Id>" }
    }

    Resources = merge(
      {
        SecurityGroup = {
          Type = "AWS::EC2::SecurityGroup"
          Properties = {
            GroupDescription = "Services of AWS inside ${var.name}"
            VpcId            = { Ref = "VpcId" }
            SecurityGroupIngress = [
              { IpProtocol = "tcp", FromPort = 443, ToPort = 443, CidrIp = var.cidr, Description = "The whole network" },
            ]
          }
        }
      },
      {
        for service in var.interface_endpoints : join("", [for word in regexall("[a-z0-9]+", service) : title(word)]) => {
          Type = "AWS::EC2::VPCEndpoint"
          Properties = {
            VpcId             = { Ref = "VpcId" }
            VpcEndpointType   = "Interface"
            ServiceName       = { "Fn::Sub" = "com.amazonaws.$${AWS::Region}.${service}" }
            SubnetIds         = { Ref = "PrivateSubnetIds" }
            SecurityGroupIds  = [{ Ref = "SecurityGroup" }]
            PrivateDnsEnabled = true
          }
        }
      },
    )
  }
}

resource "aws_cloudformation_stack" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name     = "${var.name}-endpoints"
  template = local.endpoints
  tags     = var.tags

  parameters = { for name in keys(local.endpoints.Parameters) : name => aws_cloudformation_stack.network.outputs[name] }
}
