locals {
  a = <<EOT
$${x} %%{y} \n \t "quoted" \" $x %y $$ %%
EOT
}
