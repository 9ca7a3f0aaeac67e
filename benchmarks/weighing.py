"""How many foci a second are weighed, on one core.

    python benchmarks/weighing.py [foci]

The foci are drawn as reports are: mostly silent. How often a sign is told is a guess from
reading reports (over 80 % that assert a calcification never mention ducts); the states are
drawn evenly, which makes more distinct patterns than real reports have. Where pyAgrum, a
Bayesian network library, is installed, it is asked for the means (without intervals) of the
same foci in the same run.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from hepaspot.exam import Exam, Focus, Setting, SettingKind, Words, plain
from hepaspot.knowledge import load
from hepaspot.weigh import assess, posterior_many
from hepaspot.weigh.posterior import model_for

TOLD = {
    "echo": 0.6,
    "shadow": 0.4,
    "duct_local": 0.03,
    "duct_intrahepatic": 0.17,
    "alignment": 0.03,
    "in_duct": 0.03,
    "shape": 0.1,
    "lobe": 0.8,
    "count": 0.8,
    "size": 0.6,
    "history_cholecystectomy": 0.05,
    "history_biliary_surgery": 0.01,
    "atrophy": 0.01,
}
"""Share of foci for which a sign is told (a guess)."""

SETTING = Setting(SettingKind.HEALTH_CHECK, "east_asia")


def archive(foci: int, told: dict[str, float]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    knowledge = load()
    return {
        sign: np.where(
            rng.random(foci) < share, rng.integers(len(knowledge.sign(sign).states), size=foci), -1
        )
        for sign, share in told.items()
    }


def timed(name: str, foci: int, work) -> None:
    start, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"{name:44} {foci:7d} foci  {wall:7.3f} s wall  {cpu:7.3f} s cpu  {foci / cpu:12,.0f}/s")


def one_by_one(columns: dict[str, np.ndarray], foci: int) -> None:
    knowledge, here = load(), Words("report", 0, 1)
    for row in range(foci):
        told = tuple(
            plain(sign, knowledge.sign(sign).states[column[row]], here)
            for sign, column in columns.items()
            if column[row] >= 0 and sign not in ("lobe", "count", "size")
        )
        assess(Exam(setting=SETTING, foci=(Focus("f1", here, observations=told),)))


def asked_of_pyagrum(gum, columns: dict[str, np.ndarray], foci: int) -> None:
    knowledge = load()
    model = model_for(knowledge, SETTING, gallbladder_removed=False)
    (world,) = model.worlds
    net = gum.BayesNet()
    entity = net.add(gum.LabelizedVariable("entity", "", 4))
    net.cpt(entity)[:] = np.exp(world.log_prior[0, :, 0])
    signs = [sign for sign in columns if sign in world.tables]
    for sign in signs:
        table = world.tables[sign].point
        node = net.add(gum.LabelizedVariable(sign, "", len(table)))
        net.addArc(entity, node)
        for index in range(4):
            net.cpt(node)[{"entity": index}] = table[:, index] / table[:, index].sum()
    inference = gum.LazyPropagation(net)
    for row in range(foci):
        inference.setEvidence({s: int(columns[s][row]) for s in signs if columns[s][row] >= 0})
        inference.posterior("entity").tolist()


def main() -> None:
    foci = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    columns = archive(foci, TOLD)
    patterns = len(np.unique(np.stack(list(columns.values())), axis=1).T)
    print(f"{patterns} distinct patterns in {foci} foci")
    small = {sign: column[:200] for sign, column in columns.items()}
    timed("first call (draws the tables)", 200, lambda: posterior_many(small, setting=SETTING))
    timed("posterior_many, setting stated", foci, lambda: posterior_many(columns, setting=SETTING))
    posterior_many(small)
    timed("posterior_many, nothing stated", foci, lambda: posterior_many(columns))
    busy = archive(2_000, dict.fromkeys(TOLD, 1.0))
    timed("posterior_many, every sign told", 2_000, lambda: posterior_many(busy, setting=SETTING))
    timed("assess, one exam after another", 200, lambda: one_by_one(small, 200))
    try:
        import pyagrum as gum
    except ImportError:
        print("pyAgrum is not installed: no peer in this run")
        return
    some = {sign: column[:2_000] for sign, column in columns.items()}
    timed("pyAgrum, means only", 2_000, lambda: asked_of_pyagrum(gum, some, 2_000))


if __name__ == "__main__":
    main()
