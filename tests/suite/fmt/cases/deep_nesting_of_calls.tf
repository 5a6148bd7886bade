locals {
  a = f(g(h(i(j(k(l(m(n(o(p(q(1 , 2) ) ) )) ) ) )))))
}
