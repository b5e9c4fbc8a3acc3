"""The REST door: how a request becomes a call, and a call an answer; every API route goes through here.

Routes are declared with FastAPI, which makes the OpenAPI document of them; they are dispatched, bound and answered by
the few functions in this package (decision 0003 tells why).
"""
