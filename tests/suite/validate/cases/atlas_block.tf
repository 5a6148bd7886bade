atlas {}
