"""forecheck.toml: what it may say, how it is read, and what several of them mean together (pure)."""

from forecheck.config.errors import ConfigError
from forecheck.config.file import FileConfig
from forecheck.config.layers import Notice, merge
from forecheck.config.parse import parse
from forecheck.config.settings import Config, NonInteractive, defaults

__all__ = ["Config", "ConfigError", "FileConfig", "NonInteractive", "Notice", "defaults", "merge", "parse"]
