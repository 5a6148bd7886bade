environment       = "production"
instance_type     = "large"
instance_count    = 3
high_availability = true
domain            = "example.com"
