locals {
  a = "a ${ "b ${ "c ${  d  }" }" }"
}
