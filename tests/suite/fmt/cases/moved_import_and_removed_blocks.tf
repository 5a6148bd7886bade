moved {
from=a.b
to=module.c["x"].a.b[0]
}
import {
to=a.b
id="x"
for_each=toset(["a","b"])
provider=aws.east
}
removed {
from=a.b
lifecycle { destroy=false }
provisioner "local-exec" {
when=destroy
command="x"
}
}
