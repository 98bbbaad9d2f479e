//! Forms that few collections hold, on poems written for this test.

use doggerel_verse::{FORMS, Options, read};

fn form(text: &str) -> String {
    let reading = read(text, &Options::default());
    assert!(FORMS.contains(&reading.form.name.as_str()), "{}", reading.form.name);
    assert!(!reading.form.reasons.is_empty() && (0.0..=1.0).contains(&reading.form.confidence));
    reading.form.name
}

#[test]
fn villanelle() {
    let text = "The tide comes in to take the shore away.\nI built a wall of driftwood and of stone.\nThe sea will have whatever we will not say.\n\n\
        My father fished this cove from May to May\nAnd hauled his creels against the cold alone.\nThe tide comes in to take the shore away.\n\n\
        He never told us what he had to pay\nFor every winter night the wind had blown.\nThe sea will have whatever we will not say.\n\n\
        I walk the harbour at the end of day\nAnd count the boats whose mooring lines have flown.\nThe tide comes in to take the shore away.\n\n\
        The gulls cry out and circle round the bay\nFor scraps of bread that other hands have thrown.\nThe sea will have whatever we will not say.\n\n\
        I would have asked him, if I knew the way,\nWhat kind of grief it was that he had known.\nThe tide comes in to take the shore away.\nThe sea will have whatever we will not say.";
    assert_eq!(form(text), "villanelle");
}

#[test]
fn sestina() {
    let words = ["river", "lamp", "stone", "winter", "door", "hand"];
    let heads = [
        "All night I listened to the",
        "and by the yellow circle of the",
        "she set her cup upon the",
        "It was the longest part of",
        "when no one came to knock upon the",
        "and nothing warmed the fingers of my",
    ];
    let mut order = [0, 1, 2, 3, 4, 5];
    let mut stanzas = Vec::new();
    for _ in 0..6 {
        stanzas.push(
            order.iter().zip(heads).map(|(w, head)| format!("{head} {}", words[*w])).collect::<Vec<_>>().join("\n"),
        );
        order = [order[5], order[0], order[4], order[1], order[3], order[2]];
    }
    stanzas.push("The river took the lamp beneath the stone,\nand winter stood with snow against the door,\nand then I felt the river in my hand".to_owned());
    assert_eq!(form(&stanzas.join("\n\n")), "sestina");
}

#[test]
fn pantoum() {
    let text = "The orchard keeps the colour of the rain.\nWe left the ladder leaning in the grass.\nThe apples fall and no one counts the fall.\nA wasp goes round the inside of the glass.\n\n\
        We left the ladder leaning in the grass.\nThe evening bell is ringing from the hill.\nA wasp goes round the inside of the glass.\nThe kitchen window frames it, golden, still.\n\n\
        The evening bell is ringing from the hill.\nThe apples fall and no one counts the fall.\nThe kitchen window frames it, golden, still.\nThe orchard keeps the colour of the rain.";
    assert_eq!(form(text), "pantoum");
}

#[test]
fn triolet() {
    let text = "The crow has taken all the bread,\nAnd left the crumbs for me.\nI called him names. I shook my head.\nThe crow has taken all the bread.\n\
        He listened to the things I said\nFrom halfway up a tree.\nThe crow has taken all the bread,\nAnd left the crumbs for me.";
    assert_eq!(form(text), "triolet");
}

#[test]
fn ghazal() {
    let text = "I write your name in frost upon the glass tonight.\nI hear the ferry turning in the pass tonight.\n\n\
        The market men have folded up their tents.\nOne lantern swings beside the heaps of brass tonight.\n\n\
        My mother said a candle keeps the dead.\nI have no candle, only sour sass tonight.\n\n\
        The river brings a letter with no words.\nThe moon has cut its corners from the grass tonight.\n\n\
        O Harrow, put your pen away and sleep.\nThe sexton rings the bell for early mass tonight.";
    assert_eq!(form(text), "ghazal");
}

#[test]
fn terza_rima() {
    let text = "I came at evening to a narrow gate\nWhere someone long ago had carved a name.\nThe wood was black. The hour was very late.\n\n\
        A lantern burned there with a steady flame\nThat gave no heat, and threw no shade behind.\nI could not say from where the whisper came,\n\n\
        But it was soft, and I supposed it kind.\nIt told me I had wandered from the road\nAnd asked me what it was I hoped to find.\n\n\
        I set upon the ground my heavy load\nAnd sat me down and slowly caught my breath,\nAnd told the dark of all the debts I owed.";
    assert_eq!(form(text), "terza rima");
}

#[test]
fn stanzas_with_a_name() {
    let rhyme_royal = "The captain stood and looked upon the sea\nAnd saw the weather gather in the west.\nHe thought of every port where he would be\n\
        Less cold, less wet, less weary, and at rest.\nBut duty is a hard and thankless guest:\nIt eats your bread and never says a word,\nAnd sings all night a song you never heard.";
    assert_eq!(form(rhyme_royal), "rhyme royal");
    let ottava = "My hero was a man of little brain,\nWho kept a shop that sold the finest cheese;\nHe never had been further off than Spain,\nAnd liked to take his luncheon at his ease.\n\
        One day there came a letter by the train\nThat said, “Come quickly, if you will, sir, please,”\nAnd off he went without his hat or coat,\nAnd lost his luggage halfway, off a boat.";
    assert_eq!(form(ottava), "ottava rima");
    let spenserian = "A gentle knight was riding on the plain,\nHis armour dented and his shield grown old,\nWho long had journeyed through the wind and rain\n\
        And suffered hunger, weariness and cold,\nYet still his heart was hot, his bearing bold.\nHe sought a lady in a tower of stone,\nWhose sorrow every travelling minstrel told,\n\
        Who sat and spun her weary wool alone,\nAnd never saw a face that she might call her own.";
    assert_eq!(form(spenserian), "spenserian stanzas");
}

#[test]
fn sonnets() {
    let petrarchan = "I did not think the winter would be long;\nI had not counted all the days of snow,\nNor all the wind that had such way to go\nBefore the thrush would venture on a song.\n\
        I thought the roof was good, the timber strong,\nThe woodpile high, the fire banked and low,\nAnd did not think that I would come to know\nHow every reckoning of mine was wrong.\n\n\
        But see, the ice has broken on the stream,\nAnd water talks again beneath the stair,\nAnd all the valley wakens from a dream.\n\
        The smell of thawing earth is in the air,\nAnd on the hill the lamps of snowdrops gleam,\nAnd I am almost ready not to care.";
    assert_eq!(form(petrarchan), "petrarchan sonnet");
    let spenserian = "One morning I went down along the strand\nAnd wrote a letter with a broken shell,\nAnd every word was swallowed by the sand\nBefore the turning of the evening bell.\n\
        I had so many things I meant to tell\nThe quiet water, and so little time;\nI heard the slow and rising of the swell,\nI heard the buoy ring its cracked old chime.\n\
        I thought that I could fix them with a rhyme,\nAs men drive pegs to hold a tent at night,\nBut words are only salt and only lime\nAnd whiten for a season in the light.\n\
        So let it go. The sea has never read.\nI leave it all the things I should have said.";
    assert_eq!(form(spenserian), "spenserian sonnet");
}

#[test]
fn short_forms() {
    assert_eq!(form("a crow on the gate\nturning its head to the rain\nthe field without end"), "haiku");
    assert_eq!(
        form(
            "at the cold window\nI have counted every star\nthat the smoke allowed\nand the one you showed to me\nis the one I cannot find"
        ),
        "tanka"
    );
    assert_eq!(
        form(
            "There was a young fellow from Lyme\nWho was never in church or on time;\nHe would sleep until noon\nAnd then sing to the moon,\nAnd be back in his bed by the chime."
        ),
        "limerick"
    );
    assert_eq!(
        form(
            "Rain on the roof of the barn,\nInto the gutters it goes;\nVoices of water and yarn\nEnding wherever it flows,\nReaching the sea in its clothes."
        ),
        "acrostic"
    );
}

#[test]
fn quatrains_and_couplets() {
    let common = "The miller's wheel is standing still,\nThe stream is dry and low;\nThere is no grain upon the hill,\nAnd nowhere left to go.\n\n\
        The miller sits beside the door\nAnd looks upon the lane,\nAnd counts the sacks upon the floor,\nAnd listens for the rain.";
    assert_eq!(form(common), "common metre");
    let half = "The miller's wheel is standing dry,\nThe stream is thin and low;\nThere is no barley in the barn,\nAnd nowhere left to go.\n\n\
        The miller sits beside the door\nAnd looks upon the lane,\nAnd counts the sacks along the wall,\nAnd listens for the rain.";
    assert_eq!(form(half), "ballad stanzas");
    let enclosed = "I hear the kettle talking on the fire,\nI hear the clock that never tells the time,\nI hear the bells of seven churches chime,\nAnd somewhere far away a village choir.\n\n\
        I do not hear the voice I want to hear,\nI do not hear a footstep on the stone;\nThe house is mine, and I am here alone,\nAnd all the voices of the place are near.";
    assert_eq!(form(enclosed), "quatrains abba");
    let rubai = "Come, pour the tea, and let the letters wait;\nThe bill is small, the hour is not so late,\nThe rain has only come to wash the street,\nAnd no one stands impatient at the gate.\n\n\
        The moon has gone behind the chimney stack,\nThe cat goes out, and will not soon come back,\nAnd you and I have nothing left to prove:\nThe cups are white, the window panes are black.";
    assert_eq!(form(rubai), "rubaiyat quatrains");
    let heroic = "The learned doctor, when he came to dine,\nBegan with wisdom, and went on with wine;\nHe told us what the ancients thought of cheese,\nAnd how the Romans guarded against fleas,\n\
        And when at last the candles flickered low\nHe could not find his hat, nor would he go.";
    assert_eq!(form(heroic), "heroic couplets");
}

#[test]
fn unrhymed_verse() {
    let blank = "I walked along the river in the dark\nAnd heard the water turning over stones\nAs if it looked for something it had lost,\nA coin, a ring, the handle of a cup,\n\
        And never stopped to say what it had found.\nThe lights were out in all the upper rooms.\nA dog was barking on the farther side.";
    assert_eq!(form(blank), "blank verse");
    let long = "I have gone through the markets in the morning and counted the baskets of the fishwives and the sellers of melons,\n\
        And I have said to each of them, brother, sister, what is the price of the day and who will carry it home,\n\
        And they have laughed at me and given me a plum and a fish wrapped in the news of another year,\n\
        And I went up to the hill over the harbour and ate the plum and threw the stone of it toward the ships.";
    assert_eq!(form(long), "long unrhymed lines");
}

#[test]
fn what_is_not_verse_is_named_so() {
    assert_eq!(
        form(
            "He opened the letter and read it twice. Then he put it in the drawer, locked it, and went out to look for his brother, who had not phoned all week."
        ),
        "prose"
    );
    assert_eq!(form("- two eggs\n- a pound of flour\n- salt\n- one lemon"), "list");
    assert_eq!(form("ANNA: Is the kettle on?\nTOM: It was.\nANNA: And now?\nTOM: Now it is off."), "dialogue");
    assert_eq!(form(" \n\t"), "empty");
}

#[test]
fn old_rhymes_are_heard_in_a_plan() {
    let text = "I set my hand to what the years remove,\nAnd cut the date upon a standing stone,\nAs boys will cut the letters of their love\nIn any bark, and find the summer gone.\nThe mill is idle for the want of wind,\nThe baker sweeps an oven that is cold,\nAnd she who was the gentlest of her kind\nIs now a story that is seldom told.\nI keep a candle for her memory,\nI keep her key upon its iron nail,\nAnd in the evening, when the swallows fly,\nI watch the river for a single sail.\nSo little of the little that we have\nWill follow us as far as to the grave.";
    let reading = read(text, &Options::default());
    // What is reported of the rhymes is what today's ears hear.
    assert!(!reading.rhymed && reading.rhyme_density < 0.6, "{}", reading.scheme);
    assert_eq!(reading.form.name, "shakespearean sonnet");
    assert!(reading.form.reasons.iter().any(|r| r.contains("1600")), "{:?}", reading.form.reasons);
    let old = read(text, &Options { historical: true, ..Options::default() });
    assert_eq!(old.scheme, "ababcdcdefefgg");
}

#[test]
fn confidence_falls_where_a_plan_may_have_been_missed() {
    let confidence = |text: &str| read(text, &Options::default()).form.confidence;
    let none = "I left the house\nwith the stove still warm\nand walked as far as the pump\n\nwhere a woman I did not know\nwas washing a bicycle\nvery slowly, spoke by spoke,\n\nas though it had been somewhere\nnone of us would be let go\nand had come back\nwith dust on it";
    let some = "I left the house at seven in the rain\nwith nothing in my pockets but a key\nand walked along the river to the train\nthat never stops\nand sat there like a stone\nwhile all the lamps came on\nand someone laughed";
    assert!(confidence(none) > confidence(some), "{} {}", confidence(none), confidence(some));
    let line = read(
        "The horse still looking in at the window of the sold house.",
        &Options { poem_asked: true, ..Options::default() },
    );
    assert!(line.form.name == "free verse" && line.form.confidence < 0.9, "{:?}", line.form);
}

#[test]
fn limericks() {
    for text in [
        "A baker who lived in Dundee\nPut seventeen plums in his tea;\nWhen they asked, \"Is it sweet?\"\nHe replied, \"It's a treat,\nBut there isn't much room left for me.\"",
        "A clerk who kept books for the mayor\nHad a habit of losing his hair;\nHe would find it in drawers,\nUnder mats, behind doors,\nAnd would file it with infinite care.\n\nHis wife, who was tired of the mess,\nMade a wig of it, more or less;\nWhen the mayor came to dine\nHe declared it was fine,\nAnd enquired of the maker's address.",
        // The last line's rhyme is weak.
        "An orchestra out on the moor\nPlayed waltzes for nobody poor.\nThe sheep gathered round\nAt the wonderful sound\nAnd they politely asked for some more.",
        "There once was a printer from Slough\nWhose letters came out anyhow;\nThe S was a five,\nThe Z half alive,\nAnd he's asked for a new alphabet now.",
    ] {
        assert_eq!(form(text), "limerick", "{text}");
    }
    // aabba in lines of one length is another stanza.
    let even = "The evening comes to every garden wall,\nThe shadows of the garden growing tall;\nThe gardener has put away his spade,\nAnd counts the several holes that he has made,\nAnd wonders who will come to fill them all.";
    assert_ne!(form(even), "limerick");
}

#[test]
fn more_sonnets_and_quatrains() {
    assert_eq!(
        form(
            "The ferry leaves at seven from the pier,\nAnd there is no one waiting on the stone;\nThe gulls have had the morning for their own,\nThe bell has rung, and there is no one here.\nI could have told you how the light comes clear\nAlong the water when the wind has blown,\nAnd how the islands, one by one, are shown,\nAnd how the farthest seem to be most near.\nBut you were sleeping, and I let you sleep.\nThe engine turned. The water, white and deep,\nWent backward from us like a folded sheet.\nI had a letter that I meant to keep.\nI read it twice. I felt beneath my feet\nThe patient engine keep its steady beat."
        ),
        "petrarchan sonnet"
    );
    let motto = format!(
        "To one who left\n\n{}",
        "The ferry leaves at seven from the pier,\nAnd there is no one waiting on the stone;\nThe gulls have had the morning for their own,\nThe bell has rung, and there is no one here.\nI could have told you how the light comes clear\nAlong the water when the wind has blown,\nAnd how the islands, one by one, are shown,\nAnd how the farthest seem to be most near.\nBut you were sleeping, and I let you sleep.\nThe engine turned. The water, white and deep,\nWent backward from us like a folded sheet.\nI had a letter that I meant to keep.\nI read it twice. I felt beneath my feet\nThe patient engine keep its steady beat."
    );
    assert!(form(&motto).ends_with("sonnet"));
    assert_eq!(
        form(
            "The clock above the station has no hand,\nAnd still the people look at it and run;\nThey catch the trains that somebody had planned\nAnd ride into the setting of the sun.\n\nI used to think that everybody knew\nThe hour by some bell that I had missed;\nI ran because the others did it too,\nA number folded tightly in my fist."
        ),
        "quatrains abab"
    );
    assert_eq!(
        form(
            "The tailor had a shop beside the quay,\nHe cut the coats of those who went to sea,\nAnd in the lining of each coat he made\nHe sewed a coin, and never was he paid.\n\nThe sailors came again with beard and scar\nAnd said his coats had served them from afar;\nThey never found the coin that he had sewn,\nAnd wore him out of every port alone."
        ),
        "couplets in quatrains"
    );
    assert_eq!(
        form(
            "I left the house\nwith the stove still warm\nand walked as far as the pump\n\nwhere a woman I did not know\nwas washing a bicycle\nvery slowly, spoke by spoke,\n\nas though it had been somewhere\nnone of us would be let go\nand had come back\nwith dust on it"
        ),
        "free verse"
    );
}

#[test]
fn triplets_are_no_couplets() {
    let text = "The baker has gone to the sea,\nThe miller has gone to be free,\nThe cook has gone home to her tea,\nAnd no one has gone to the war.\n\nThe captain stands out in the rain,\nHe blows on his whistle again,\nHe blows it and blows it in vain,\nAnd no one has gone to the war.";
    assert_eq!(form(text), "quatrains, other rhyme");
}
