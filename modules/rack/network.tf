# The network: public subnets for load balancers and ways out, private ones for nodes and pods, and ones for the database
# that know no way out at all.

locals {
  network = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Network of ${var.name}"

    Parameters = { for letter in keys(local.zones) : "Zone${letter}" => { Type = "AWS::EC2::AvailabilityZone::Name" } }

    Resources = merge(
      {
        Vpc = {
          Type = "AWS::EC2::VPC"
          Properties = {
            CidrBlock          = var.cidr
            EnableDnsHostnames = true
            EnableDnsSupport   = true
            Tags               = [{ Key = "Name", Value = var.name }]
          }
        }

        Internet = {
          Type       = "AWS::EC2::InternetGateway"
          Properties = { Tags = [{ Key = "Name", Value = var.name }] }
        }

        InternetAttachment = {
          Type       = "AWS::EC2::VPCGatewayAttachment"
          Properties = { VpcId = { Ref = "Vpc" }, InternetGatewayId = { Ref = "Internet" } }
        }

        PublicRoutes = {
          Type       = "AWS::EC2::RouteTable"
          Properties = { VpcId = { Ref = "Vpc" }, Tags = [{ Key = "Name", Value = "${var.name}-public" }] }
        }

        PublicWayOut = {
          Type      = "AWS::EC2::Route"
          DependsOn = "InternetAttachment"
          Properties = {
            RouteTableId         = { Ref = "PublicRoutes" }
            DestinationCidrBlock = "0.0.0.0/0"
            GatewayId            = { Ref = "Internet" }
          }
        }

        # Layers of images come from S3, and need not go through a gateway that is paid by the byte.
        StorageEndpoint = {
          Type = "AWS::EC2::VPCEndpoint"
          Properties = {
            VpcId           = { Ref = "Vpc" }
            VpcEndpointType = "Gateway"
            ServiceName     = { "Fn::Sub" = "com.amazonaws.$${AWS::Region}.s3" }
            RouteTableIds   = [for letter in keys(local.zones) : { Ref = "PrivateRoutes${letter}" }]
          }
        }
      },
      {
        for letter, zone in local.zones : "PublicSubnet${letter}" => {
          Type = "AWS::EC2::Subnet"
          Properties = {
            VpcId               = { Ref = "Vpc" }
            AvailabilityZone    = { Ref = "Zone${letter}" }
            CidrBlock           = zone.public
            MapPublicIpOnLaunch = true
            Tags = [
              { Key = "Name", Value = "${var.name}-public-${lower(letter)}" },
              { Key = "kubernetes.io/role/elb", Value = "1" },
            ]
          }
        }
      },
      {
        for letter, zone in local.zones : "PublicSubnetRoutes${letter}" => {
          Type       = "AWS::EC2::SubnetRouteTableAssociation"
          Properties = { SubnetId = { Ref = "PublicSubnet${letter}" }, RouteTableId = { Ref = "PublicRoutes" } }
        }
      },
      {
        for letter, zone in local.zones : "PrivateSubnet${letter}" => {
          Type = "AWS::EC2::Subnet"
          Properties = {
            VpcId            = { Ref = "Vpc" }
            AvailabilityZone = { Ref = "Zone${letter}" }
            CidrBlock        = zone.private
            Tags = [
              { Key = "Name", Value = "${var.name}-private-${lower(letter)}" },
              { Key = "kubernetes.io/role/internal-elb", Value = "1" },
            ]
          }
        }
      },
      {
        for letter, zone in local.zones : "PrivateRoutes${letter}" => {
          Type       = "AWS::EC2::RouteTable"
          Properties = { VpcId = { Ref = "Vpc" }, Tags = [{ Key = "Name", Value = "${var.name}-private-${lower(letter)}" }] }
        }
      },
      {
        for letter, zone in local.zones : "PrivateSubnetRoutes${letter}" => {
          Type       = "AWS::EC2::SubnetRouteTableAssociation"
          Properties = { SubnetId = { Ref = "PrivateSubnet${letter}" }, RouteTableId = { Ref = "PrivateRoutes${letter}" } }
        }
      },
      {
        for letter, zone in local.zones : "DatabaseSubnet${letter}" => {
          Type = "AWS::EC2::Subnet"
          Properties = {
            VpcId            = { Ref = "Vpc" }
            AvailabilityZone = { Ref = "Zone${letter}" }
            CidrBlock        = zone.database
            Tags             = [{ Key = "Name", Value = "${var.name}-database-${lower(letter)}" }]
          }
        }
      },
    )

    Outputs = merge(
      {
        VpcId             = { Value = { Ref = "Vpc" } }
        PublicSubnetIds   = { Value = { "Fn::Join" = [",", [for letter in keys(local.zones) : { Ref = "PublicSubnet${letter}" }]] } }
        PrivateSubnetIds  = { Value = { "Fn::Join" = [",", [for letter in keys(local.zones) : { Ref = "PrivateSubnet${letter}" }]] } }
        DatabaseSubnetIds = { Value = { "Fn::Join" = [",", [for letter in keys(local.zones) : { Ref = "DatabaseSubnet${letter}" }]] } }
      },
      { for letter in keys(local.zones) : "PublicSubnet${letter}" => { Value = { Ref = "PublicSubnet${letter}" } } },
      { for letter in keys(local.zones) : "PrivateSubnet${letter}" => { Value = { Ref = "PrivateSubnet${letter}" } } },
      { for letter in keys(local.zones) : "PrivateRoutes${letter}" => { Value = { Ref = "PrivateRoutes${letter}" } } },
    )
  }
}

resource "aws_cloudformation_stack" "network" {
  name       = "${var.name}-network"
  template   = local.network
  parameters = { for letter, zone in local.zones : "Zone${letter}" => zone.name }
  tags       = var.tags
}
