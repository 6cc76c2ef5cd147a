"""What many virtual patients make of the same doses: peaks, areas, times above, bands."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

import numpy as np

from ebbtide.science.pk.catalogue import DEFAULT_MODEL
from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, effect_site_note
from ebbtide.science.pk.models import (
    Covariates,
    Enantiomer,
    PkModel,
    Variability,
)
from ebbtide.science.pk.modes import Floats, Modes
from ebbtide.science.pk.pump import Change, PumpHistory, given_mg
from ebbtide.science.pk.simulate import check_given
from ebbtide.science.population.counts import Codes, LevelCounts, codes
from ebbtide.science.population.peaks import Peaks
from ebbtide.science.population.people import (
    ADULTS,
    Cohort,
    People,
    checked_quantiles,
    draw_people,
    exponentials,
    together,
)
from ebbtide.science.population.stretch import Grid, Stretch, course, write_levels
from ebbtide.science.population.workers import Cluster, run

BLOCK: Final = 250
"""Patients drawn and followed together; results depend on it and on nothing else but the seed."""

_DAY_MIN: Final = 1440.0
_SECONDS_PER_MIN: Final = 60.0
_MINUTES_PER_H: Final = 60.0
_Found = TypeVar("_Found")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Whom, what and how long: all that decides the result of a run.

    Attributes:
        model: Gives the level where it was measured, `model.site`.
        history: What the pump gave, from 0 min on. All patients are given the same amounts,
            or, with `per_kg_of`, the same per kg.
        patients: How many, at least 1. Asking for more keeps the first ones as they are.
        seed: From 0 up. The same seed gives the same figures, however many workers there are.
        given: Which ketamine the history counts.
        who: A cohort, or one patient's covariates for all.
        variability: Replaces the model's own.
        per_kg_of: Weight in kg of the patient whom the history fits; all others are given in
            proportion to theirs. None: all are given the same.
        duration_min: Length of the look, from 0 min on.
        override: Why covariates outside the model's studied ranges are used all the same.

    Raises:
        ValueError: A figure out of its range, a history that begins before 0 min, or the
            wrong enantiomer.
    """

    history: PumpHistory
    patients: int
    seed: int
    model: PkModel = DEFAULT_MODEL
    given: Enantiomer = Enantiomer.RACEMIC
    who: Cohort | Covariates = ADULTS
    variability: Variability | None = None
    per_kg_of: float | None = None
    ke0_half_life_min: float = EFFECT_SITE_HALF_LIFE_MIN
    duration_min: float = _DAY_MIN
    override: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be run, before anything runs."""
        check_given(self.model, self.given)
        if self.patients < 1:
            raise ValueError(f"patients must be at least 1, not {self.patients!r}")
        if self.seed < 0:
            raise ValueError(f"seed must be 0 or above, not {self.seed!r}")
        _require_above_0("duration_min", self.duration_min)
        if self.per_kg_of is not None:
            _require_above_0("per_kg_of", self.per_kg_of)
        if any(change.at_min < 0 for change in self.history.changes()):
            raise ValueError("history must not begin before 0 min")

    @property
    def blocks(self) -> int:
        """Number of blocks of patients."""
        return -(-self.patients // BLOCK)

    def changes(self) -> tuple[Change, ...]:
        """Changes of the pump that fall into the look."""
        return tuple(one for one in self.history.changes() if one.at_min <= self.duration_min)

    def grid(self, step_s: float) -> Grid:
        """Even moments from 0 min to the end, both included.

        Raises:
            ValueError: The duration is not a whole number of steps.
        """
        _require_above_0("step_s", step_s)
        steps = self.duration_min * _SECONDS_PER_MIN / step_s
        if abs(steps - round(steps)) > 1e-9 * steps:
            raise ValueError(
                f"step_s must go into {self.duration_min:g} min a whole number of times, "
                f"not {step_s!r}"
            )
        return Grid(step_s=step_s, count=round(steps) + 1)

    def people(self, block: int) -> tuple[People, Modes]:
        """The patients of a block and their exponentials; each block has its own random numbers."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(block,)))
        drawn = draw_people(
            self.model,
            patients=BLOCK,
            rng=rng,
            who=self.who,
            variability=self.variability,
            ke0_half_life_min=self.ke0_half_life_min,
            override=self.override,
        )
        drawn = drawn.first(self.patients - block * BLOCK)
        modes = exponentials(self.model, drawn)
        if self.per_kg_of is not None:
            share = drawn.covariates["weight_kg"] / self.per_kg_of
            modes = replace(modes, jump_ng_per_ml=modes.jump_ng_per_ml * share[:, None])
        return drawn, modes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exposure:
    """One output, plasma or effect site, of p patients.

    Attributes:
        cmax_ng_per_ml: Highest level on the fine grid, shape (p,).
        tmax_min: First moment that has it, shape (p,).
        auc_ng_h_per_ml: Area from 0 min to the end, exact, shape (p,).
        auc_inf_ng_h_per_ml: Area to infinity of all that was given by the end, exact, (p,).
        above_min: Time above each of k levels, to one step, shape (k, p).
        band_ng_per_ml: Quantiles at each moment, shape (q, n).
    """

    cmax_ng_per_ml: Floats
    tmax_min: Floats
    auc_ng_h_per_ml: Floats
    auc_inf_ng_h_per_ml: Floats
    above_min: Floats
    band_ng_per_ml: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summary:
    """What came of a study.

    Attributes:
        times_min: Moments of the bands, shape (n,).
        quantiles: Length q. Each band value is off by no more than
            `counts.RELATIVE_ERROR` of itself; below `counts.LEAST_NG_PER_ML` it is 0.
        levels_ng_per_ml: Length k.
        notes: What a user of these figures must know, one sentence each.
    """

    people: People
    times_min: Floats
    quantiles: tuple[float, ...]
    levels_ng_per_ml: tuple[float, ...]
    plasma: Exposure
    effect: Exposure
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """Every patient's levels, ng/mL, each of shape (p, n)."""

    people: People
    times_min: Floats
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Block:
    """What is kept of some patients: figures of shape (2, p), and codes (p, 2, n) of levels."""

    people: People
    cmax: Floats
    tmax: Floats
    auc: Floats
    auc_inf: Floats
    above: Floats
    codes: Codes


def summarise(
    study: Study,
    *,
    step_s: float = 1.0,
    band_step_s: float = 60.0,
    levels_ng_per_ml: Sequence[float] = (),
    quantiles: Sequence[float] = (0.05, 0.5, 0.95),
    workers: int | None = None,
    client: Cluster | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Follow every patient of a study on a fine grid and keep the summaries only.

    Memory does not grow with patients times moments. Quantiles are taken moment by moment;
    no one patient follows them.

    Args:
        study: Whom, what and how long.
        step_s: Of the fine grid, on which peaks and times above are looked for.
        band_step_s: Of the coarser grid that has the quantiles.
        levels_ng_per_ml: Levels above which time is counted, each finite and from 0 up.
        quantiles: Each from 0 to 1.
        workers: Threads on this machine, None for one a core.
        client: A `dask.distributed.Client`: its cluster does the work instead.
        progress: Called with patients done and patients in all.

    Raises:
        ValueError: A figure out of its range, or steps that do not go into the duration.

    Source: ebbtide, for the method; figures as the model says itself.
    """
    fine, coarse = study.grid(step_s), study.grid(band_step_s)
    wanted, above = checked_quantiles(quantiles), tuple(levels_ng_per_ml)
    if not all(math.isfinite(level) and level >= 0 for level in above):
        raise ValueError(f"levels_ng_per_ml must be finite and not below 0, not {above!r}")
    follow = partial(_follow, study, fine=fine, coarse=coarse, above=above)
    counts, blocks = LevelCounts(2 * coarse.count), []
    for block in _blocks(follow, study, workers=workers, client=client, progress=progress):
        counts.add(block.codes.reshape(len(block.codes), -1))
        blocks.append(replace(block, codes=block.codes[:0]))
    bands = counts.quantiles(wanted).reshape(len(wanted), 2, coarse.count)
    people = together([block.people for block in blocks])
    plasma, effect = (
        Exposure(
            cmax_ng_per_ml=np.concatenate([block.cmax[output] for block in blocks]),
            tmax_min=np.concatenate([block.tmax[output] for block in blocks]),
            auc_ng_h_per_ml=np.concatenate([block.auc[output] for block in blocks]),
            auc_inf_ng_h_per_ml=np.concatenate([block.auc_inf[output] for block in blocks]),
            above_min=np.concatenate([block.above[:, output] for block in blocks], axis=1),
            band_ng_per_ml=bands[:, output],
        )
        for output in (0, 1)
    )
    return Summary(
        people=people,
        times_min=coarse.times_min,
        quantiles=wanted,
        levels_ng_per_ml=above,
        plasma=plasma,
        effect=effect,
        notes=_notes(study, people),
    )


def stored(
    study: Study,
    *,
    step_s: float = 60.0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Curves:
    """Every patient's plasma and effect-site level on an even grid, all kept.

    Args:
        study: Whom, what and how long.
        step_s: Of the grid, from 0 min to the end, both included.
        workers: Threads on this machine, None for one a core.
        progress: Called with patients done and patients in all.

    Raises:
        ValueError: A figure out of its range, or steps that do not go into the duration.

    Source: ebbtide, for the method; figures as the model says itself.
    """
    grid = study.grid(step_s)
    out = np.empty((2, study.patients, grid.count))
    write = partial(_write, study, grid, out)
    people = together(list(_blocks(write, study, workers=workers, client=None, progress=progress)))
    return Curves(
        people=people,
        times_min=grid.times_min,
        plasma_ng_per_ml=out[0],
        effect_ng_per_ml=out[1],
        notes=_notes(study, people),
    )


def _write(study: Study, grid: Grid, out: Floats, block: int) -> People:
    people, modes = study.people(block)
    here = slice(block * BLOCK, (block + 1) * BLOCK)
    write_levels(modes, course(modes, study.changes()), grid, out[:, here])
    return people


def _follow(
    study: Study, block: int, *, fine: Grid, coarse: Grid, above: tuple[float, ...]
) -> _Block:
    people, modes = study.people(block)
    stretches = course(modes, study.changes())
    peaks = Peaks(modes, grid=fine, levels_ng_per_ml=above)
    peaks.follow(stretches)
    levels = np.empty((2, len(modes.rate_per_min), coarse.count))
    write_levels(modes, stretches, coarse, levels)
    auc, auc_inf = _areas(modes, stretches, study)
    return _Block(
        people=people,
        cmax=peaks.highest_ng_per_ml,
        tmax=fine.times_min[peaks.highest_at],
        auc=auc,
        auc_inf=auc_inf,
        above=np.asarray(peaks.steps_above * (fine.step_s / _SECONDS_PER_MIN), dtype=np.float64),
        codes=codes(levels).transpose(1, 0, 2),
    )


def _areas(modes: Modes, stretches: Sequence[Stretch], study: Study) -> tuple[Floats, Floats]:
    """Areas to the end and to infinity, plasma and effect site, each (2, p), ng·h/mL.

    What went into an exponential and is no longer there has passed through its rate.
    """
    reached = modes.jump_ng_per_ml * given_mg(study.history, study.duration_min)
    plasma, effect = np.zeros_like(reached), np.zeros(len(reached))
    if stretches:
        plasma, effect = stretches[-1].state(study.duration_min)
    area = ((reached - plasma) / modes.rate_per_min).sum(axis=1)
    total = (reached / modes.rate_per_min).sum(axis=1)
    lagged = area - effect / modes.ke0_per_min[:, 0]
    return np.stack((area, lagged)) / _MINUTES_PER_H, np.stack((total, total)) / _MINUTES_PER_H


def _blocks(
    task: Callable[[int], _Found],
    study: Study,
    *,
    workers: int | None,
    client: Cluster | None,
    progress: Progress | None,
) -> Iterator[_Found]:
    """Results of all blocks, in order, with word of how far they are."""
    found = run(task, range(study.blocks), workers=workers, client=client)
    for number, result in enumerate(found, start=1):
        if progress:
            progress(min(number * BLOCK, study.patients), study.patients)
        yield result


def _notes(study: Study, people: People) -> tuple[str, ...]:
    return (*people.notes, *effect_site_note(study.model.name, study.ke0_half_life_min))


def _require_above_0(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number above 0, not {value!r}")
