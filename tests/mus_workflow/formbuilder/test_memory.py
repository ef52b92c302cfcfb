from mus_workflow.formbuilder.memory import Memory


def test_a_thing_is_made_once():
    made = []
    memory = Memory(2)
    for _time in range(3):
        memory.recall("key", lambda: made.append(1) or "thing")
    assert made == [1]


def test_a_full_memory_forgets_the_oldest():
    memory = Memory(2)
    for key in ("one", "two", "three"):
        memory.recall(key, lambda key=key: key)
    assert len(memory) == 2
    assert memory.recall("three", lambda: "made again") == "three"
    assert memory.recall("one", lambda: "made again") == "made again"
