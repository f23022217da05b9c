"""Drawing who is checked (随机抽查): nobody chooses, nobody can foresee it, anybody can work it out again."""
