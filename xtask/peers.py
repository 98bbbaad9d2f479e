"""Time doggerel's peers on the same input as `cargo xtask bench`, one JSON line each: {"task", "peer", "items", "seconds", "value"}.

Called by the bench with a JSON file {"stanzas": [[end words]], "lines": [lines of verse], "vectors": [n, d, file of float32],
"only": beginning of a task's name}, or {"gguf": file of a model, "threads": number, "only"}. A peer that is
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


def vectors(given):
    """Samples and reference, as float64 (what the peers compute in)."""
    import numpy as np
    n, d, path = given["vectors"]
    both = np.fromfile(path, dtype="<f4").reshape(2, n, d).astype("f8")
    return [(both[0], both[1])]


def prdc(given):
    from prdc import compute_prdc
    return vectors(given), lambda x: compute_prdc(real_features=x[1], fake_features=x[0], nearest_k=5)["density"], both


def vendi_score(given):
    from vendi_score import vendi
    return vectors(given), lambda x: vendi.score_dual(x[0]), lambda x: len(x[0])


def mauve_text(given):
    from mauve import compute_mauve
    return vectors(given), lambda x: compute_mauve(p_features=x[0], q_features=x[1], verbose=False).mauve, both


def scipy_linalg(given):
    import numpy as np, scipy.linalg
    def fid(x):
        (a, b) = x
        d = a.mean(axis=0) - b.mean(axis=0)
        c, e = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
        return d @ d + np.trace(c) + np.trace(e) - 2 * np.trace(scipy.linalg.sqrtm(c @ e).real)
    return vectors(given), fid, both


def both(x):
    return len(x[0]) + len(x[1])


def llama_cpp(given, at_once):
    """llama.cpp as `pip install llama-cpp-python` builds it: one batch of tokens a step, its own sampler (temperature 1)."""
    import llama_cpp as c
    model = c.llama_model_load_from_file(given["gguf"].encode(), c.llama_model_default_params())
    params = c.llama_context_default_params()
    params.n_ctx, params.n_seq_max, params.n_batch = 256 * at_once, at_once, 512
    params.n_threads = params.n_threads_batch = given["threads"]
    context, vocabulary = c.llama_init_from_model(model, params), c.llama_model_get_vocab(model)
    text, ids = GGUF_PROMPT.encode(), (c.llama_token * 256)()
    n = c.llama_tokenize(vocabulary, text, len(text), ids, 256, False, False)
    batch = c.llama_batch_init(512, 0, 1)

    def decode(rows):
        """Rows of (token, position, sequence); the last of each sequence is told what follows."""
        last = {sequence: i for i, (_, _, sequence) in enumerate(rows)}
        batch.n_tokens = len(rows)
        for i, (token, position, sequence) in enumerate(rows):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, position, 1, last[sequence] == i
            batch.seq_id[i][0] = sequence
        assert c.llama_decode(context, batch) == 0
        return [last[sequence] for sequence in range(at_once)]

    def run(_):
        c.llama_memory_clear(c.llama_get_memory(context), True)
        samplers = [c.llama_sampler_chain_init(c.llama_sampler_chain_default_params()) for _ in range(at_once)]
        for seed, sampler in enumerate(samplers):
            c.llama_sampler_chain_add(sampler, c.llama_sampler_init_dist(seed))
        rows = [(ids[i], i, s) for s in range(at_once) for i in range(n)]
        for step in range(GGUF_TOKENS):
            at = decode(rows)
            rows = [(c.llama_sampler_sample(samplers[s], context, at[s]), n + step, s) for s in range(at_once)]
        for sampler in samplers:
            c.llama_sampler_free(sampler)

    return [None], run, lambda _: at_once * GGUF_TOKENS


def llama_cpp_8(given):
    return llama_cpp(given, 8)


def llama_cpp_1(given):
    return llama_cpp(given, 1)


# As xtask/src/bench/gguf.rs has them.
GGUF_TOKENS = 128
GGUF_PROMPT = "The lighthouse keeper had kept a diary for forty years, and on the first page of it he had written:"

PEERS = [
    ("rhyme schemes", rhymetagger), ("rhyme schemes", pronouncing), ("metre", prosodic),
    ("vectors: precision … coverage", prdc), ("vectors: MAUVE", mauve_text), ("vectors: Fréchet distance", scipy_linalg),
    ("vectors: Vendi", vendi_score), ("gguf: 8 at once", llama_cpp_8), ("gguf: 1 at once", llama_cpp_1),
]
ON_VECTORS = (prdc, mauve_text, scipy_linalg, vendi_score)

if __name__ == "__main__":
    nltk_without_network()
    with open(sys.argv[1], encoding="utf8") as f:
        given = json.load(f)
    for task, make in PEERS:
        if not task.startswith(given["only"]) or task.startswith("gguf") != ("gguf" in given):
            continue
        row = dict(task=task, peer=make.__name__)
        try:
            items, run, size = make(given)
            if make not in ON_VECTORS:
                run(items[0])
            start = time.perf_counter()
            with contextlib.redirect_stdout(sys.stderr):
                for item in items:
                    value = run(item)
            row |= dict(items=sum(map(size, items)), seconds=time.perf_counter() - start)
            if make in ON_VECTORS:
                row |= dict(value=float(value))
        except Exception as e:  # a peer that fails must not hide the others
            row |= dict(error=f"{type(e).__name__}: {e}"[:200])
        print(json.dumps(row), flush=True)
