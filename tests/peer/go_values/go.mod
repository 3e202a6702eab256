module pitrix/tests/peer

go 1.26

require helm.sh/helm/v3 v3.22.0
