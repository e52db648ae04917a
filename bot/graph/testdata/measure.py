"""Measures of networks as networkx defines them. Reads a JSON list of {"n": organisations, "ties": [[a, b], ...],
"communities": [[...], ...]} and writes a list of their measures."""
import json
import sys

import networkx as nx


def gini(degrees):
    n, total = len(degrees), sum(degrees)
    return sum(abs(a - b) for a in degrees for b in degrees) / (2 * n * total) if total else 0.0


def loss(g, part, v):
    rest = g.subgraph(part - {v})
    return len(rest) - max((len(c) for c in nx.connected_components(rest)), default=0)


def measure(g, communities):
    parts = sorted(nx.connected_components(g), key=len, reverse=True)
    main = g.subgraph(parts[0])
    cuts = set(nx.articulation_points(g))
    return {
        "Density": nx.density(g),
        "Unconnected": len(list(nx.isolates(g))),
        "Parts": sum(len(p) > 1 for p in parts),
        "Largest": len(main) if len(main) > 1 else 0,
        "WithinTwo": sum(len(nx.single_source_shortest_path_length(g, v, 2)) - 1 for v in g) / len(g),
        "MeanPath": nx.average_shortest_path_length(main) if len(main) > 1 else 0,
        "Clustering": nx.average_clustering(g),
        "Bridges": sum(1 for _ in nx.bridges(g)),
        "Cuts": len(cuts),
        "WorstLoss": max((loss(g, p, v) for p in parts for v in p if v in cuts), default=0),
        "Concentration": gini([d for _, d in g.degree()]),
        "Modularity": nx.community.modularity(g, communities) if g.size() else 0,
        "Louvain": nx.community.modularity(g, nx.community.louvain_communities(g, seed=1)) if g.size() else 0,
    }


asked = json.load(sys.stdin)
answers = []
for one in asked:
    g = nx.Graph()
    g.add_nodes_from(range(one["n"]))
    g.add_edges_from(one["ties"] or [])
    communities = one["communities"] or []
    alone = set(g) - {v for c in communities for v in c}
    answers.append(measure(g, communities + [[v] for v in alone]))
json.dump(answers, sys.stdout)
