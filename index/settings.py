"""The operator's settings: `settings.toml` in the library's folder, over the defaults here, which suit nearly everyone."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from corpus.literature import EUROPE_PMC_URL, PUBMED_URL
from index.errors import LibraryError

FILE_NAME = "settings.toml"

# Scheme, host and port of a site, as a content security policy names it: nothing that would end the directive it stands in.
EmbeddingSite = Annotated[str, Field(pattern=r"^https?://(\*\.)?[a-zA-Z0-9.-]+(:\d{1,5}|:\*)?$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Embedding(_Table):
    """[embedding]"""

    model: str | None = None  # folder of another sentence-transformers model; the packaged one when not set


class Answers(_Table):
    """[answers]"""

    quotes: int = Field(default=3, ge=1, le=4)  # most quotes in one answer
    emergency_number: str = "112, 911 or 999"  # as the emergency notice names it


class FollowUps(_Table):
    """[follow_ups]"""

    # base address of an OpenAI-compatible endpoint; where it is set, questions that lean on earlier ones are sent to it
    endpoint: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    model: str = "default"  # as the endpoint names it
    api_key_env: str | None = None  # the environment variable that holds its key


class Literature(_Table):
    """[literature]"""

    contact: str | None = None  # your e-mail address, which PubMed and Europe PMC ask for
    ncbi_api_key: str | None = None  # NCBI's key, with which PubMed takes ten requests a second in place of three
    pubmed_url: str = PUBMED_URL
    europe_pmc_url: str = EUROPE_PMC_URL


class Page(_Table):
    """[page]"""

    embed_in: tuple[EmbeddingSite, ...] = ()  # addresses of other sites that may show the page inside their own


class Feedback(_Table):
    """[feedback]"""

    ask: bool = False  # whether the page asks "Did this answer your question?" and keeps the verdict, never the question


class Settings(BaseSettings):
    """All settings. Unknown keys are an error that names the key and the nearest valid one."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(extra="forbid", frozen=True)

    embedding: Embedding = Embedding()
    answers: Answers = Answers()
    follow_ups: FollowUps = FollowUps()
    literature: Literature = Literature()
    page: Page = Page()
    feedback: Feedback = Feedback()

    @property
    def model(self) -> str | None:
        """The folder of the embedding model, None for the packaged one."""
        return self.embedding.model

    @classmethod
    def load(cls, directory: Path) -> Settings:
        """The settings of the library in `directory`. Raises `LibraryError` for a file that is not as it should be."""
        path = directory / FILE_NAME

        class FromFile(cls):  # type: ignore[misc, valid-type]  # pydantic-settings binds the file to a class, not a call
            @classmethod
            def settings_customise_sources(
                cls, settings_cls: type[BaseSettings], **_: PydanticBaseSettingsSource
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                return (TomlConfigSettingsSource(settings_cls, toml_file=path),)

        try:
            loaded: Settings = FromFile()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise LibraryError("settings are not valid TOML", str(path), f"Mend the file ({error})") from error
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            if first["type"] == "extra_forbidden":
                near = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.0)
                raise LibraryError(f"there is no setting {key!r}", str(path), f"The nearest one is {near[0]!r}") from error
            raise LibraryError(f"the setting {key!r} cannot be {first['input']!r}", str(path), first["msg"]) from error
        return loaded


_TABLES: dict[str, type[_Table]] = {
    "embedding": Embedding,
    "answers": Answers,
    "follow_ups": FollowUps,
    "literature": Literature,
    "page": Page,
    "feedback": Feedback,
}
_KEYS = [f"{table}.{key}" for table, model in _TABLES.items() for key in model.model_fields]
