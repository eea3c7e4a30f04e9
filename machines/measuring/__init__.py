"""What the words of a sheet and of a search come to in numbers, without database or clock.

quantities  numbers with a unit, in whatever unit they are written
names       the specs and the materials that have a name, with their words in four languages
reading     what a line of a sheet says in numbers
asking      what a search asks for in numbers, and the words that are left
telling     the same for people
"""
