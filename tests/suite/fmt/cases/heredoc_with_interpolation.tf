locals {
  a = <<EOT
${ var.x }-${var.y}
${foo( 1,2 )}
  ${ {a=1} }
%{if   x}yes%{   else   }no%{endif}
EOT
}
