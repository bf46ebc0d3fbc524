"""Every page of the running application, found by following its links: for pictures, timings and accessibility."""
