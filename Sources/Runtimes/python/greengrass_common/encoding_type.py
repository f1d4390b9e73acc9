"""How a function takes its input and gives its output (`EncodingType` of a function definition)."""

JSON = 'json'
BINARY = 'binary'
