# The database: Postgres, encrypted, with the password in the hands of RDS, that writes it into Secrets Manager and changes
# it every week. Its name is given, so that CloudFormation refuses whatever would put another one in its place.

locals {
  database = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Database of ${var.name}"

    Parameters = {
      VpcId             = { Type = "AWS::EC2::VPC::Id" }
      DatabaseSubnetIds = { Type = "List<AWS::EC2::Subnet::Id>" }
    }

    Resources = {
      Subnets = {
        Type = "AWS::RDS::DBSubnetGroup"
        Properties = {
          DBSubnetGroupDescription = "Subnets of ${var.name} without a way out"
          SubnetIds                = { Ref = "DatabaseSubnetIds" }
        }
      }

      # Pods have addresses of the private subnets, and nothing else has.
      SecurityGroup = {
        Type = "AWS::EC2::SecurityGroup"
        Properties = {
          GroupDescription = "Database of ${var.name}"
          VpcId            = { Ref = "VpcId" }
          SecurityGroupIngress = [
            for letter, zone in local.zones :
            { IpProtocol = "tcp", FromPort = 5432, ToPort = 5432, CidrIp = zone.private, Description = "Nodes and pods in ${zone.name}" }
          ]
        }
      }

      Settings = {
        Type = "AWS::RDS::DBParameterGroup"
        Properties = {
          Description = "Postgres of ${var.name}"
          Family      = "postgres${split(".", var.database_version)[0]}"
          Parameters  = { "rds.force_ssl" = "1", "log_min_duration_statement" = "1000" }
        }
      }

      Database = {
        Type                = "AWS::RDS::DBInstance"
        DeletionPolicy      = "Snapshot"
        UpdateReplacePolicy = "Snapshot"

        Properties = {
          DBInstanceIdentifier = var.name
          DBInstanceClass      = var.database_type
          MultiAZ              = var.high_availability

          Engine                   = "postgres"
          EngineVersion            = var.database_version
          AllowMajorVersionUpgrade = true
          DBParameterGroupName     = { Ref = "Settings" }

          Port                     = "5432"
          DBName                   = var.database_name
          MasterUsername           = "postgres"
          ManageMasterUserPassword = true

          AllocatedStorage    = tostring(var.database_storage)
          MaxAllocatedStorage = coalesce(var.database_storage_max, var.database_storage * 5)
          StorageType         = "gp3"
          StorageEncrypted    = true

          DBSubnetGroupName  = { Ref = "Subnets" }
          VPCSecurityGroups  = [{ Ref = "SecurityGroup" }]
          PubliclyAccessible = false

          BackupRetentionPeriod      = var.backup_days
          PreferredBackupWindow      = "01:00-02:00"
          PreferredMaintenanceWindow = "tue:02:30-tue:03:30"
          CopyTagsToSnapshot         = true
          DeletionProtection         = var.protect_data

          EnableCloudwatchLogsExports = ["postgresql"]
        }
      }
    }

    Outputs = {
      Address   = { Value = { "Fn::GetAtt" = ["Database", "Endpoint.Address"] } }
      Port      = { Value = { "Fn::GetAtt" = ["Database", "Endpoint.Port"] } }
      SecretArn = { Value = { "Fn::GetAtt" = ["Database", "MasterUserSecret.SecretArn"] } }
    }
  }
}

resource "aws_cloudformation_stack" "database" {
  name     = "${var.name}-database"
  template = local.database
  tags     = var.tags

  parameters = { for name in keys(local.database.Parameters) : name => aws_cloudformation_stack.network.outputs[name] }

  # Multi-AZ, a larger class and a new version take their time.
  timeouts {
    create = "60m"
    update = "120m"
    delete = "60m"
  }

  depends_on = [aws_cloudformation_stack.logs]
}
