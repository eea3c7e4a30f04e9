"""How static files are collected: under names with their hash, in what our modules import too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""(?P<matched>import(?P<names>\s+(?:\{[^}]*\}\s*from\s*)?)"(?P<url>\./[^"]+)";)"""


class Collected(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage that also follows `import … from "./x.js"` in the modules of js/.

    Django can do that for every script, and stumbles over some of django-htmx.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((IMPORT, 'import%(names)s"%(url)s";'),)),
    )
