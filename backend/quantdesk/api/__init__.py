"""The HTTP face: app factory, middleware, error bodies, WebSocket hub, static files."""
