"""What can be known to be wrong with a study before any clip is prepared."""

from collections.abc import Iterable, Mapping

from mrpn.common.errors import ConfigError, CorpusError
from mrpn.corpora.folds import Fold, Protocol
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.registry import corpus_folds, entry_of
from mrpn.corpora.selection import select
from mrpn.training.evidence import refuse_seen_actors
from mrpn.training.initial import check_starts
from mrpn.training.studies.plan import Chosen, known_names, strategies_of, tested_folds
from mrpn.training.studies.recipes import RowRecipe
from mrpn.training.studies.starts import starting_files
from mrpn.training.studies.study import Study

_SEEN_AS = {"audio": "sound", "video": "a picture"}


def check_inputs(
    study: Study,
    recipes: Iterable[RowRecipe],
    manifest: Manifest,
    *,
    chosen: Chosen,
    initial: Mapping[str, str],
) -> None:
    """Refuse what of a study cannot be trained, by its manifest and the headers of weights alone.

    Args:
        study: the study.
        recipes: of its rows, under each protocol.
        manifest: the corpus's clips, prepared or not.
        chosen: the part to be trained.
        initial: weights, by name or path, of --initial, by modality.

    Raises:
        ConfigError: a row, fold or modality that is not there; an encoder without what it is to
            start from.
        CorpusError: folds that the corpus cannot have; a part of one without clips, or training
            without a class or a modality.
        WeightsError: weights to start from that are not there, do not fit, or know actors whom
            a fold holds out.
    """
    rows = known_names(chosen.rows, [row.row for row in study.rows], "row")
    folds = {protocol: _folds(study, manifest, protocol) for protocol in study.protocols}
    names = [fold.name for each in folds.values() for fold in each]
    wanted = known_names(chosen.folds, names, "fold")
    checked: set[tuple[str, tuple[str, ...]]] = set()
    recipes = [*recipes]
    _check_named(initial, {name for each in recipes for name in each.recipe.network.branches})
    for each in recipes:
        # The whole study is planned, whatever is trained of it now: all its starts are needed.
        files = starting_files(each.row, each.recipe, initial)
        if each.row.row not in rows:
            continue
        strategies = strategies_of(each.recipe, each.row.strategy)
        used = sorted({name for s in strategies for name in each.recipe.modalities(s)})
        _check_modalities(each, used, manifest)
        for strategy in strategies:
            check_starts(each.recipe, strategy, files)
        starts = {name: path for name, path in files.items() if name in used}
        for fold in folds[each.protocol]:
            if fold.name not in wanted:
                continue
            refuse_seen_actors(starts, manifest.name, fold)
            if (fold.digest, tuple(used)) not in checked:
                checked.add((fold.digest, tuple(used)))
                _check_fold(fold, used, manifest)


def _check_named(initial: Mapping[str, str], branches: set[str]) -> None:
    for name, place in initial.items():
        if name not in branches:
            known = ", ".join(sorted(branches))
            raise ConfigError(f"--initial {name}={place}: there is no such branch, only {known}")


def _folds(study: Study, manifest: Manifest, protocol: Protocol) -> list[Fold]:
    of_corpus, entry = corpus_folds(manifest, protocol), entry_of(manifest)
    rotated = entry is not None and entry.folds is not None and of_corpus.name == "rotating"
    if study.published and rotated:
        raise CorpusError(
            f"corpus '{manifest.name}': its {len(manifest.actors)} actors are too few for the "
            f"folds of the published {study.published}; give the whole corpus"
        )
    return tested_folds(study, manifest, protocol)


def _check_modalities(each: RowRecipe, used: Iterable[str], manifest: Manifest) -> None:
    for name in used:
        if not any(_has(record, name) for record in manifest.records):
            raise CorpusError(
                f"corpus '{manifest.name}': none of its {len(manifest.records)} clips has "
                f"{_SEEN_AS.get(name, name)}, which row '{each.row.row}' needs; give the files of "
                f"it as well, or choose other rows by --row"
            )


def _check_fold(fold: Fold, used: Iterable[str], manifest: Manifest) -> None:
    parts = select(manifest, fold)
    for name in used:
        if not any(_has(record, name) for record in parts.train):
            raise CorpusError(
                f"corpus '{manifest.name}': fold {fold.name} has no training clip with "
                f"{_SEEN_AS.get(name, name)}; give those files as well"
            )
    for part, records in parts._asdict().items():
        if not any(_has(record, name) for record in records for name in used):
            raise CorpusError(
                f"corpus '{manifest.name}': fold {fold.name}, {part}: no clip has "
                f"{' or '.join(_SEEN_AS.get(name, name) for name in used)}; give those files as "
                "well"
            )


def _has(record: ClipRecord, modality: str) -> bool:
    """Whether a clip may have a modality: what is in arrays is not known before they are read."""
    media = {"audio": record.audio, "video": record.video}
    return record.arrays is not None or media.get(modality) is not None
