locals {
	a = "x	y"	# c	d
	bb = "z"	#	e
}
