"""The API reference and the catalogue of events: pages that are made of the OpenAPI document, samples included."""
