locals {
  a = "%{if x}a%{else}b%{endif}"
  b = "%{ if   x  }a%{  else  }b%{  endif  }"
  c = "%{~if x~}a%{~else~}b%{~endif~}"
  d = "%{for x in y}${x}%{endfor}"
  e = "%{ for k , v in {a=1} }${ k }=${v}%{ endfor }"
  f = "%{for x in[1]}${x}%{endfor}"
  g = "%{if !x}a%{endif}"
  h = "%{if {}=={}}a%{endif}"
}
