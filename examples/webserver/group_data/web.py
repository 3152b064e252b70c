"""What all web servers share."""

site_repository = "https://git.example.org/site.git"
server_name = "www.example.org"
jobs = [
    {"name": "compress-logs", "hour": 3, "command": "gzip -f /srv/site/*.log 2>/dev/null; true"},
    {"name": "report", "hour": 4, "command": "date '+%H:%M report' >> /srv/site/report"},
]
