provider "Terra Form" {}
