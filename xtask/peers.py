"""Time doggerel's peers on the same input as `cargo xtask bench`, one JSON line each: {"task", "peer", "items", "seconds"}.

Called by the bench with a JSON file {"stanzas": [[end words]], "lines": [lines of verse], "vectors": [n, d, seed]}. A peer that is
not installed is reported with its reason and left out. Each is warmed up on one item, so that loading is not timed.
"""
import contextlib, json, os, sys, time, warnings

warnings.simplefilter("ignore")


def nltk_without_network():
    """rhymetagger and prosodic ask NLTK for a sentence splitter; empty files make it split at full stops."""
    base = os.path.join(os.path.dirname(os.path.abspath(sys.argv[1])), "nltk_data")
    tab = os.path.join(base, "tokenizers", "punkt_tab", "english")
    os.makedirs(os.path.join(base, "tokenizers", "punkt"), exist_ok=True)
    os.makedirs(tab, exist_ok=True)
    for name in ("abbrev_types.txt", "collocations.tab", "sent_starters.txt", "ortho_context.tab"):
        open(os.path.join(tab, name), "a").close()
    os.environ["NLTK_DATA"] = base


def rhymetagger(given):
    from rhymetagger import RhymeTagger
    tagger = RhymeTagger()
    tagger.load_model(model="en", verbose=False)
    return [s for s in given["stanzas"][:150]], lambda s: tagger.tag(list(s), output_format=3, same_words=True), len


def pronouncing(given):
    import pronouncing
    return given["stanzas"], lambda s: [[pronouncing.rhyming_part(p) for p in pronouncing.phones_for_word(w.lower())] for w in s], len


def prosodic(given):
    import prosodic
    def scan(line):
        text = prosodic.Text(line)
        text.parse()
    return given["lines"][:60], scan, lambda _: 1


def prdc(given):
    import numpy as np
    from prdc import compute_prdc
    n, d, seed = given["vectors"]
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((n, d)), rng.standard_normal((n, d))
    return [(a, b)], lambda x: compute_prdc(real_features=x[0], fake_features=x[1], nearest_k=5), lambda _: 2 * n


PEERS = [("rhyme schemes", rhymetagger), ("rhyme schemes", pronouncing), ("metre", prosodic), ("set against set", prdc)]

if __name__ == "__main__":
    nltk_without_network()
    with open(sys.argv[1], encoding="utf8") as f:
        given = json.load(f)
    for task, make in PEERS:
        row = dict(task=task, peer=make.__name__)
        try:
            items, run, size = make(given)
            if make is not prdc:
                run(items[0])
            start = time.perf_counter()
            with contextlib.redirect_stdout(sys.stderr):
                for item in items:
                    run(item)
            row |= dict(items=sum(map(size, items)), seconds=time.perf_counter() - start)
        except Exception as e:  # a peer that fails must not hide the others
            row |= dict(error=f"{type(e).__name__}: {e}"[:200])
        print(json.dumps(row), flush=True)
