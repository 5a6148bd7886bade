environment       = "production"
instance_type     = "m5.xlarge"
instance_count    = 3
high_availability = true
domain            = "example.com"
