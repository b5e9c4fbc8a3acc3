"""What is generated of the OpenAPI document: both SDKs, and the command line's table of operations."""
