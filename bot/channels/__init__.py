"""The platforms, one package each.

A channel translates between one platform and the vocabulary of `bot.messages`: what people do comes in as `Arrival`s,
what the house says goes out as the platform's calls. It decides nothing, and it knows of the house only the ports that
the composition root hands it (inbox, channel state).
"""
