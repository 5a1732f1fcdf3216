"""gateway demo"""
