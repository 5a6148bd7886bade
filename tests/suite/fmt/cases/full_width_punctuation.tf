a = 「x」
