"""The real TRL trains a model of a few thousand weights, with our reward and our callback, and HF datasets are measured."""

from __future__ import annotations

import json

import pytest

import doggerel
from doggerel.reward import Diversity

pytestmark = pytest.mark.trl

WORDS = "the lamp is out and snow on every gate we cut bread while rain night light day away".split()


def tiny_model():
    """A Llama that knows some twenty words and nothing else."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<pad>", "<end>", "<unk>"]
    words = Tokenizer(models.WordLevel({word: i for i, word in enumerate([*special, *WORDS])}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<end>", unk_token="<unk>")
    config = LlamaConfig(
        vocab_size=len(WORDS) + len(special),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=128,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=1,
    )
    return LlamaForCausalLM(config), tokenizer


def test_a_grpo_trainer_is_rewarded_and_watched(tmp_path):
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    model, tokenizer = tiny_model()
    reward = Diversity("human", "poetry")
    seen = []
    monitor = doggerel.Monitor("human", "poetry", trackers=lambda step, numbers: seen.append((step, numbers["doggerel/n"])))
    callback = doggerel.callbacks.trl(monitor, texts=16)
    trainer = GRPOTrainer(
        model=model,
        processing_class=tokenizer,
        reward_funcs=[reward, callback.observe],
        args=GRPOConfig(
            output_dir=str(tmp_path),
            per_device_train_batch_size=8,
            num_generations=4,
            max_completion_length=24,
            max_steps=3,
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            reward_weights=[1.0, 0.0],
        ),
        train_dataset=Dataset.from_list([{"prompt": f"the {word}"} for word in WORDS]),
        callbacks=[callback],
    )
    trainer.train()
    logged = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert len(logged) == 3
    for entry in logged:
        # what twenty words in no order make is on no task
        assert entry[f"rewards/{reward.__name__}/mean"] == entry["reward"] == -3.0
        assert entry[f"rewards/{callback.observe.__name__}/mean"] == 0.0
    assert all(f"{reward.__name__}/on_task" in entry for entry in logged), logged[-1]
    assert [n for _, n in seen] == [16.0, 8.0]
    assert any(entry.get("doggerel/n") == 16.0 for entry in logged), logged


def test_a_dataset_of_hugging_face_is_measured(chat):
    from datasets import Dataset

    records = [{"text": record["text"], "prompt": record["prompt"]} for record in chat]
    of_list = json.loads(doggerel.measure(records, name="poems").to_json())
    of_dataset = json.loads(doggerel.measure(Dataset.from_list(records), name="poems").to_json())
    assert of_dataset == of_list
