#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the main figures of one or more result.json, and where the energy goes. Needs Python's standard library only."""
import json
import sys


def show(path):
    with open(path, encoding="utf-8") as file:
        result = json.load(file)
    print(path)
    if result["map"]["nonideal"] is not None:
        print(f"  mAP@0.5           {100 * result['map']['ideal']:.1f} % ideal, {100 * result['map']['nonideal']:.1f} % on the accelerator")
    print(f"  latency per image {1e6 * result['latency_s_per_image']:.1f} us ({result['cycles_per_image']:.0f} cycles)")
    print(f"  energy per image  {1e6 * result['energy_j_per_image']:.2f} uJ")
    largest = sorted(result["energy_j"].items(), key=lambda entry: -entry[1])[:3]
    total = sum(result["energy_j"].values())
    print("  largest shares    " + ", ".join(f"{name} {100 * joule / total:.0f} %" for name, joule in largest))
    for layer in result["layers"]:
        if layer["bits"]:
            print(f"  {layer['name']:<17} {layer['operations']:.0f} operations, {100 * layer['bit_errors']:.2f} % wrong bits")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: read_result.py RESULT.json...")
    for name in sys.argv[1:]:
        show(name)
