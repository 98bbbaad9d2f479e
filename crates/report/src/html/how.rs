//! How each figure is computed: one entry a measure, to which every place that shows it links.

use serde::Serialize;

/// An entry of the list at the end of a page.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Entry {
    /// The end of its address: `#how-reach`.
    pub id: &'static str,
    pub title: &'static str,
    pub text: &'static str,
}

const fn entry(id: &'static str, title: &'static str, text: &'static str) -> Entry {
    Entry { id, title, text }
}

/// Every measure, in the order of reading.
const ENTRIES: [Entry; 26] = [
    entry(
        "reach",
        "Reach ρ",
        "Does a draw of n samples come as near to a text of the reference as a draw of n texts by others does? For each target the \
         chance that the nearest of n samples lies nearer than the nearest of n other texts, ties counting half, is computed exactly \
         by hypergeometric counts, doubled, and averaged over all targets: 1 where samples and reference are exchangeable, 0 where \
         no sample ever comes near. r = ρ/(2 − ρ) reads as a share of the number: n samples reach as far as r·n texts of the reference.",
    ),
    entry(
        "kinds",
        "Kinds, H and E",
        "Each text goes to the nearest of 64 texts drawn from the reference (never one by its own author). H is the exponential of the entropy \
         of where they went, corrected for small samples (Chao, Wang & Jost 2013) and stated at n texts: a kind used twice as often counts no more \
         than its share. E is H of the samples over H of the reference, as a geometric mean over 12 draws of the 64.",
    ),
    entry(
        "within",
        "Within prompts, D",
        "The mean distance between two answers to one prompt, averaged over the prompts that were answered twice or more: in content 1 − cosine of \
         the first 40 words, in form the distance of the first 14 lines. Of two sets the ratio, paired over the prompts that both answered.",
    ),
    entry(
        "cfd",
        "CFD-1, the citable distance",
        "The Fréchet distance (Dowson & Landau 1982) between two normal distributions fitted to samples and reference on the 16 principal axes of the \
         reference's form features, less what halves of either set lie apart by chance, over 20 splits by author and within prompts. One unit is the \
         distance between two collections of people's works, where the reference knows two.",
    ),
    entry(
        "mmd",
        "MMD²",
        "The unbiased maximum mean discrepancy (Gretton et al. 2012, equation 3) with five Gaussian bandwidths around the median distance. Its p comes \
         from a wild bootstrap (Chwialkowski et al. 2014) over whole authors and whole prompts, since single texts are no independent draws.",
    ),
    entry(
        "outside",
        "Outside share",
        "The share of samples farther from the reference than 95 % of its texts are from texts by others. Of people 5 % are. It decides nothing.",
    ),
    entry(
        "blocks",
        "By block, and at matched lengths",
        "Reach once more on one block of features alone, or without one; and after thinning both sets, by a seeded draw, to the same spread of lengths.",
    ),
    entry(
        "variance",
        "Within and between prompts",
        "One-way components of variance of the features, a feature on average. The mutual information says how much the prompt tells of the form that comes; \
         beside it stands what shuffling the prompts gives. A collapsed model answers every prompt in one way: little lies between prompts.",
    ),
    entry(
        "into",
        "Crowded kinds",
        "Kinds are computed forms, not labels. A kind is crowded where its share among the samples exceeds the reference's by a likelihood-ratio test of two \
         binomials (Wilks 1938), divided by the design effect of whole prompts and authors (Kish 1965), at a false discovery rate of 5 % (Benjamini & \
         Hochberg 1995). Texts that read alike are found by looking for the fullest ball in content, and so have no test.",
    ),
    entry(
        "away",
        "Missing kinds",
        "A kind that the samples have more seldom than the reference is missing if reach into its works lies below 0.8, or its share below half of the \
         reference's, and that is no chance: the larger of two statistics, its p doubled and adjusted as above. Under 20 works, or where fewer \
         than ten are to be expected among the samples, nothing can be said.",
    ),
    entry("portrait", "The portrait", "Shares and means over all texts on task, each with the reference's beside it."),
    entry(
        "repeats",
        "Repeats",
        "Word for word: the same words in the same order. Nearly: edit similarity of 0.85 and more. In other words: half the cosine of the meanings, a quarter \
         the overlap of rare words, a quarter that of the punchline, joined by average linkage at 0.65. The share of a text's repeats is of texts that \
         repeat an earlier one; the chance of an unseen text is Good's (1953).",
    ),
    entry(
        "commonest",
        "What the commonest make",
        "The share of all texts that the 1, 10 and 25 largest clusters hold. It falls as the set grows: compare sets of one size. The grey line is what \
         it would be were no text told twice.",
    ),
    entry(
        "rhymes",
        "Rhyming pairs",
        "Every line with the next line of its stanza that it rhymes with, each pair of words once a poem. The effective number is exp of their entropy at one \
         number of pairs for samples and people.",
    ),
    entry(
        "copied",
        "Copied lines",
        "Lines of four words and more whose words stand in a row in a work of the atlas of poems, found by their hashes.",
    ),
    entry(
        "wording",
        "Wording",
        "Over-used words by the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008), a word counted once a text; vocabulary and \
         new fours of words at the same number of words of both sets.",
    ),
    entry(
        "affect",
        "Affect",
        "Valence of words by the ratings of VADER (Hutto & Gilbert 2014), averaged over sentences or lines and over quarters of the text. Blandness is 1 less the \
         root mean square of the sentences' valence. A lexicon parts models from people badly, so nothing rests on it.",
    ),
    entry(
        "asked",
        "Asked for and got",
        "The share of answers whose computed form, kind, rhyme, metre, lines and scheme are all as the request wants them; intervals over prompts.",
    ),
    entry(
        "requested",
        "By request",
        "The answers to a request held against the works of the reference that are as it asks, with reach and E as above. Over all requests reach is the mean \
         and E the geometric mean, weighted by the number of answers.",
    ),
    entry(
        "mix",
        "Weights of prompts",
        "The texts measured are a seeded draw without replacement in which every prompt has its weight, as large as the prompt with the fewest answers for \
         its weight allows.",
    ),
    entry(
        "groups",
        "Diversity of a group",
        "A logistic combination of distances between the group's texts in meaning, words and valence, with weights learnt from groups that people judged \
         (McDiv, Tevet & Berant 2021).",
    ),
    entry(
        "peers",
        "Other papers' measures",
        "Each as its paper defines it, on the vectors of the headline, equal to the usual implementation on the same vectors.",
    ),
    entry(
        "task",
        "On task",
        "A text is on task if it is of the kind that the reference holds: verse and prose poems against poems, prose and dialogue against jokes and stories. \
         The others are left out of all figures but repeats.",
    ),
    entry(
        "difference",
        "Differences",
        "The first set's figure less the second's (of E and D the ratio), with both held against the same reference. Where the sets share prompts, a prompt's \
         answers are left out of both at once. p is Student's t, adjusted over all that is tested here (Benjamini & Hochberg 1995).",
    ),
    entry(
        "intervals",
        "Intervals",
        "95 %, by the delete-a-group jackknife over whole prompts of the samples and whole authors of the reference, so that copies of a text never make a \
         figure look surer.",
    ),
    entry(
        "null",
        "The null",
        "What the reference scores against itself: a hundred splits of it by author into a part that plays the samples and the rest. It is the grey \
         band beside a figure.",
    ),
];

/// The entries of those ids, in the order of reading.
pub fn entries(wanted: &[&str]) -> Vec<Entry> {
    ENTRIES.into_iter().filter(|entry| wanted.contains(&entry.id)).collect()
}

/// The entry of a measure of sets ("content.D").
pub fn of_measure(measure: &str) -> &'static str {
    match measure.split_once('.') {
        Some(("repeats", _)) => "repeats",
        Some((_, what)) if what.starts_with('D') => "within",
        Some((_, "E")) => "kinds",
        Some((_, "reach")) => "reach",
        Some((_, "cfd")) => "cfd",
        Some(("log", _)) => "intervals",
        _ => "portrait",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_an_entry() {
        for measure in
            ["form.reach", "content.D_ratio", "repeats.near", "rhymed_share", "log.kl", "form.cfd", "content.E"]
        {
            assert_eq!(entries(&[of_measure(measure)]).len(), 1, "{measure}");
        }
        let ids: std::collections::BTreeSet<&str> = ENTRIES.iter().map(|entry| entry.id).collect();
        assert_eq!(ids.len(), ENTRIES.len());
    }
}
