varible "a" {}
ouput "b" {}
local {}
modul "c" {}
