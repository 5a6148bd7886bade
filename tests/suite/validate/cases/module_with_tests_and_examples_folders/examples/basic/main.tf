this is not even valid {
