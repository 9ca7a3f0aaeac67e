-- Ultrasound goes to hepaspot. Its answers are of other modalities, so that nothing goes round.
function OnStoredInstance(instanceId, tags, metadata, origin)
  if tags['Modality'] == 'US' then
    SendToModality(instanceId, 'hepaspot')
  end
end
