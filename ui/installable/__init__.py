"""What lets a phone keep the page like an app: a manifest, icons, and a service worker that knows only the page's own shell."""
