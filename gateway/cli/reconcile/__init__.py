"""gateway reconcile"""
