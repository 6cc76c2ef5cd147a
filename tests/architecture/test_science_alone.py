"""The science and the devices import where no web framework is."""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys, time

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "uvicorn", "a2wsgi", "allauth"}:
            raise ImportError(f"{name} is blocked here")

sys.meta_path.insert(0, Blocked())
import ebbtide.science, ebbtide.devices

began = time.perf_counter()
for package in (ebbtide.science, ebbtide.devices):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(f"imported in {time.perf_counter() - began:.2f} s")
print("slow ones:", sorted({"scipy", "wfdb", "pandas", "matplotlib"} & set(sys.modules)))
"""


def test_science_and_devices_import_without_the_framework_and_without_the_slow_libraries():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "slow ones: []" in done.stdout
