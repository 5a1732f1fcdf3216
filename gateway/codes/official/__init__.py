"""The publishers' own downloads, read into the rows of our tables: codes and days only, never their wording."""
